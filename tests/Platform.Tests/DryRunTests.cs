using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Platform.Tests;

/// <summary>News that is none, from Publishing's store to a receiver of every channel.</summary>
public sealed class DryRunTests(Servers servers)
{
    static readonly string[] channels = ["sse", "websocket", "webhook", "webPush", "webSub", "email"];

    [Fact]
    public async Task A_dry_run_comes_by_every_channel_again_and_again_and_nobody_hears_it_who_did_not_ask()
    {
        Assert.SkipWhen(Mailbox.Missing is not null, Mailbox.Missing ?? "");
        await using var mailbox = await Mailbox.StartAsync();
        await using var stack = await StartAsync(
            new()
            {
                ["Email__Host"] = "127.0.0.1",
                ["Email__Port"] = $"{mailbox.Port}",
                ["Email__Security"] = "None",
                ["Email__From"] = "Test News <news@example.org>",
                ["DryRun__Mailbox"] = "dry-run@example.org",
            }
        );
        await using var everything = await Subscriber.JoinAsync(stack.Reader);
        await using var asked = await Subscriber.JoinAsync(stack.Reader, "?topic=dry-run");
        var heard = await asked.UntilAsync(r => r.Count >= 3, "three dry runs");
        Assert.All(heard, r => Assert.Equal(("published", "Dry run", true), (r.Kind, r.Headline, (bool)r.Data["article"]!["breaking"]!)));
        foreach (var channel in channels)
        {
            await ArrivedAsync(stack, channel, 2);
        }
        Assert.Contains("Dry run", (await mailbox.UntilAsync("dry-run@example.org", 2))[1].Subject, StringComparison.Ordinal);
        await HealthAsync(stack, "Healthy");

        var news = await stack.PublishAsync(Stack.Copy("News"));
        Assert.Equal("News", Assert.Single(await everything.UntilAsync(r => r.Count > 0, "the news")).Headline);
        var page = JsonNode.Parse(await stack.Reader.GetStringAsync(new Uri("api/bulletins", UriKind.Relative)))!;
        Assert.Equal("News", (string)Assert.Single(page["items"]!.AsArray())!["article"]!["headline"]!);
        Assert.Equal([news], (await stack.LineUntilAsync(line => line.Count > 0, "the news")).Select(Stack.Id));
        Assert.Empty((await stack.Editor.GetFromJsonAsync<JsonNode>("api/subscriptions"))!["items"]!.AsArray());
        // What the relay has sent is not kept: the archive does not fill with what was no news.
        await Eventually.Get(
            () => stack.QueryAsync("Publishing", "select type from mt_events where type = 'dry_run_begun'"),
            left => left.Count is 1 or 2,
            "the last dry run alone"
        );
    }

    [Fact]
    public async Task What_a_dry_run_does_not_reach_is_named_by_the_alarm_until_one_does()
    {
        await using var stack = await StartAsync([]);
        await HealthAsync(stack, "Healthy");
        await stack.ExecuteAsync("Notifications", "alter table notice add constraint cut check (position < 0) not valid");
        // A busy machine may be too late for something else once; what is cut is missing again and again, and it alone.
        await HealthAsync(stack, "Degraded", said => said.EndsWith(" on webhook, webPush, webSub", StringComparison.Ordinal));
        Assert.Equal(1, await stack.MetricAsync("Notifications", "news_dryrun_alarm"));
        Assert.Contains(stack["Notifications"].Output, line =>
            line.Contains("was not seen within", StringComparison.Ordinal) && line.Contains("\"Error\"", StringComparison.Ordinal)
        );
        await stack.ExecuteAsync("Notifications", "alter table notice drop constraint cut");
        await HealthAsync(stack, "Healthy");

        await stack["Publishing"].StopAsync();
        await HealthAsync(stack, "Degraded", said =>
            said.StartsWith("no dry run has come from Publishing since ", StringComparison.Ordinal)
        );
        stack["Publishing"].Start();
        await HealthAsync(stack, "Healthy");
    }

    [Fact]
    public async Task Its_streams_are_let_in_and_miss_nothing_when_they_are_made_anew_and_its_receiver_is_its_own()
    {
        await using var stack = await StartAsync(new() { ["Stream__Public"] = "false", ["Stream__MaxAgeSeconds"] = "3" });
        foreach (var kind in new[] { "sse", "websocket" })
        {
            await ArrivedAsync(stack, kind, 2);
            var before = await MissedAsync(kind);
            await ArrivedAsync(stack, kind, 20);
            // One may be on its way.
            await Eventually.Get(
                () => MissedAsync(kind),
                missed => missed <= before + 1,
                $"no more missed on {kind} than {before} at the start"
            );
        }
        using var anybody = await stack.Reader.PostAsync(new Uri("dry-run/webhook", UriKind.Relative), null);
        Assert.NotEqual(HttpStatusCode.NoContent, anybody.StatusCode);
        using var foreign = await stack.Editor.PostAsJsonAsync(
            "api/subscriptions",
            new { kind = "webhook", url = "http://self.invalid/dry-run/webhook" }
        );
        Assert.Equal(HttpStatusCode.UnprocessableEntity, foreign.StatusCode);
        Assert.Contains("leads to no host", await foreign.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        using var article = await stack.Editor.GetAsync(new Uri("api/articles/00000000-0000-8000-8000-000000000d72", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, article.StatusCode);

        async Task<double> MissedAsync(string kind) =>
            double.Parse(
                (await stack.QueryAsync("Notifications", "select count(*) from mt_doc_bulletin"))[0]!,
                CultureInfo.InvariantCulture
            ) - await ArrivalsAsync(stack, kind);
    }

    async Task<Stack> StartAsync(Dictionary<string, string> settings)
    {
        settings["DryRun__EverySeconds"] = "1";
        settings.TryAdd("DryRun__AlarmSeconds", "3");
        return await Stack.StartAsync(servers, settings);
    }

    static async Task ArrivedAsync(Stack stack, string channel, int times) =>
        await Eventually.Get(() => ArrivalsAsync(stack, channel), arrivals => arrivals >= times, $"{times} on {channel}");

    static Task<double> ArrivalsAsync(Stack stack, string channel) =>
        stack.MetricAsync("Notifications", "news_dryrun_delay_seconds_count", $"channel=\"{channel}\"");

    static async Task HealthAsync(Stack stack, string status, Func<string, bool>? says = null)
    {
        using var client = new HttpClient();
        await Eventually.Get(
            async () =>
                JsonNode.Parse(await client.GetStringAsync(new Uri(stack["Notifications"].Management, "health/ready")))!["checks"]![
                    "dry run"
                ]!,
            check => (string)check["status"]! == status && (says is null || says((string)check["description"]!)),
            status
        );
    }
}
