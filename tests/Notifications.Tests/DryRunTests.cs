using System.Text.Json.Nodes;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Notifications.Tests;

public sealed class DryRunTests(Servers servers)
{
    [Fact]
    public async Task A_dry_run_is_seen_on_every_channel_again_and_again_and_heard_by_nobody_who_did_not_ask()
    {
        await using var stack = await StartAsync();
        await using var everything = await Subscriber.JoinAsync(stack.Reader);
        await using var asked = await Subscriber.JoinAsync(stack.Reader, "?topic=dry-run");
        var heard = await asked.UntilAsync(r => r.Count >= 3, "three dry runs");
        Assert.All(heard, r => Assert.Equal(("published", "Dry run", true), (r.Kind, r.Headline, (bool)r.Data["article"]!["breaking"]!)));
        foreach (var channel in new[] { "stream", "subscriptions" })
        {
            await Eventually.Get(() => MetricsAsync(stack), text => text.Any(line => line.StartsWith("news_dryrun_delay_seconds_count", StringComparison.Ordinal)
                && line.Contains($"channel=\"{channel}\"", StringComparison.Ordinal) && double.Parse(line.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture) >= 2), $"the delay on {channel}");
        }
        await stack.SendAsync(Broker.Article("News"));
        Assert.Equal("News", Assert.Single(await everything.UntilAsync(r => r.Count > 0, "the news")).Headline);
        var page = JsonNode.Parse(await stack.Reader.GetStringAsync(new Uri("api/bulletins", UriKind.Relative)))!;
        Assert.Equal("News", (string)Assert.Single(page["items"]!.AsArray())!["article"]!["headline"]!);
    }

    [Fact]
    public async Task A_channel_that_a_dry_run_does_not_reach_raises_the_alarm_until_one_does()
    {
        await using var stack = await StartAsync();
        await HealthAsync(stack, "Healthy");
        await stack.ExecuteAsync("Notifications", "alter table notice add constraint cut check (position < 0) not valid");
        // A busy machine may be too late for the stream once; what is cut is missing again and again, and it alone.
        await HealthAsync(stack, "Degraded", said => said.EndsWith(" on subscriptions", StringComparison.Ordinal));
        Assert.Contains(await MetricsAsync(stack), line => line.StartsWith("news_dryrun_alarm", StringComparison.Ordinal) && line.Split(' ')[1] == "1");
        Assert.Contains(stack["Notifications"].Output, line => line.Contains("was not seen within", StringComparison.Ordinal) && line.Contains("\"Error\"", StringComparison.Ordinal));
        await stack.ExecuteAsync("Notifications", "alter table notice drop constraint cut");
        await HealthAsync(stack, "Healthy");
    }

    async Task<Stack> StartAsync() =>
        await Stack.StartAsync(servers, new Dictionary<string, string> { ["DryRun__EverySeconds"] = "1", ["DryRun__AlarmSeconds"] = "3" }, "Notifications");

    static async Task<string[]> MetricsAsync(Stack stack)
    {
        using var client = new HttpClient();
        return (await client.GetStringAsync(new Uri(stack["Notifications"].Management, "metrics"))).Split('\n');
    }

    static async Task HealthAsync(Stack stack, string status, Func<string, bool>? says = null)
    {
        using var client = new HttpClient();
        await Eventually.Get(async () => JsonNode.Parse(await client.GetStringAsync(new Uri(stack["Notifications"].Management, "health/ready")))!["checks"]!["dry run"]!,
            check => (string)check["status"]! == status && (says is null || says((string)check["description"]!)), status);
    }
}
