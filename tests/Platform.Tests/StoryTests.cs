using System.Net;
using System.Text.Json.Nodes;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Platform.Tests;

/// <summary>The way of a story, from the editor to the reader and the subscriber.</summary>
public sealed class StoryTests(PlatformStack platform) : IClassFixture<PlatformStack>
{
    Stack Stack => platform.Stack;

    [Fact]
    public async Task A_published_article_is_on_the_line_on_its_page_and_on_the_stream()
    {
        await using var subscriber = await Subscriber.JoinAsync(Stack.Reader, "?topic=keyword:travels");
        var id = await Stack.PublishAsync(Stack.Copy("One story travels", body: "<p>Far.</p><h2>And wide</h2>", keywords: ["travels"]));

        var item = Assert.Single(await Stack.LineUntilAsync(items => items.Count == 1, "the story on the line", "keyword=travels"));
        var told = Assert.Single(await subscriber.UntilAsync(r => r.Count == 1, "the bulletin"));
        var page = await Stack.Reader.GetStringAsync(new Uri((string)item["url"]!, UriKind.Relative));

        Assert.Equal((id, id), (Stack.Id(item), Stack.Id(told.Data["article"]!)));
        Assert.Equal(item.ToJsonString(), told.Data["article"]!.ToJsonString());
        Assert.Contains("<h2>And wide</h2>", page, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Drafts_and_revisions_are_seen_by_nobody_before_they_are_published()
    {
        await using var subscriber = await Subscriber.JoinAsync(Stack.Reader);
        var draft = Stack.Id(await Stack.DraftAsync(Stack.Copy("Secret draft", keywords: ["secret"])));
        var id = await Stack.PublishAsync(Stack.Copy("Public words", keywords: ["secret"]));
        var item = Assert.Single(await Stack.LineUntilAsync(items => items.Count > 0, "the public one", "keyword=secret"));
        await Stack.ReviseAsync(id, Stack.Copy("Secret revision", keywords: ["secret"]));

        // What is published after the revision has passed all services when it is seen, and so would have the revision.
        await Stack.PublishAsync(Stack.Copy("Witness", keywords: ["secret"]));
        var line = await Stack.LineUntilAsync(items => items.Count > 1, "the witness", "keyword=secret");
        await subscriber.UntilAsync(r => r.Any(b => b.Headline == "Witness"), "the witness's bulletin");
        Assert.Equal(["Witness", "Public words"], line.Select(i => (string)i["headline"]!));
        Assert.DoesNotContain(
            "Secret",
            await Stack.Reader.GetStringAsync(new Uri((string)item["url"]!, UriKind.Relative)),
            StringComparison.Ordinal
        );
        Assert.DoesNotContain(subscriber.Received, r => r.Data.ToJsonString().Contains("Secret", StringComparison.Ordinal));
        using var answer = await Stack.Reader.GetAsync(new Uri($"api/news/{draft}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);

        await Stack.PublishAsync(id);
        line = await Stack.LineUntilAsync(
            items => items.Any(i => (string)i["headline"]! == "Secret revision"),
            "the revision",
            "keyword=secret"
        );
        Assert.Equal(["Witness", "Secret revision"], line.Select(i => (string)i["headline"]!));
        Assert.Equal("updated", (await subscriber.UntilAsync(r => r.Any(b => b.Headline == "Secret revision"), "its bulletin"))[^1].Kind);
    }

    [Fact]
    public async Task Two_quick_changes_go_out_as_two_states_and_not_twice_as_the_second()
    {
        await using var subscriber = await Subscriber.JoinAsync(Stack.Reader, "?topic=keyword:quick");
        var id = await Stack.PublishAsync(Stack.Copy("Quick 0", keywords: ["quick"]));
        for (var i = 1; i < 10; i++)
        {
            await Stack.ReviseAsync(id, Stack.Copy($"Quick {i}", keywords: ["quick"]));
            await Stack.PublishAsync(id);
        }
        var received = await subscriber.UntilAsync(r => r.Count == 10, "ten bulletins");
        Assert.Equal(Enumerable.Range(0, 10).Select(i => $"Quick {i}"), received.Select(r => r.Headline));
    }

    [Fact]
    public async Task A_subscriber_that_was_away_resumes_and_gets_exactly_what_it_missed()
    {
        string? lastSeen;
        await using (var before = await Subscriber.JoinAsync(Stack.Reader, "?topic=keyword:away,language:en"))
        {
            await Stack.PublishAsync(Stack.Copy("Before", keywords: ["away"]));
            lastSeen = (await before.UntilAsync(r => r.Count == 1, "the first"))[0].Id;
        }
        await Stack.PublishAsync(Stack.Copy("Missed 1", keywords: ["away"]));
        await Stack.PublishAsync(Stack.Copy("Not theirs", keywords: ["away"], language: "az"));
        await Stack.PublishAsync(Stack.Copy("Missed 2", keywords: ["away"]));
        await using var after = await Subscriber.JoinAsync(Stack.Reader, "?topic=keyword:away,language:en", lastSeen);
        await Stack.PublishAsync(Stack.Copy("After", keywords: ["away"]));
        var received = await after.UntilAsync(r => r.Any(b => b.Headline == "After"), "the last");
        Assert.Equal(["Missed 1", "Missed 2", "After"], received.Select(r => r.Headline));
    }

    [Fact]
    public async Task One_trace_leads_from_the_editors_request_to_the_bulletin()
    {
        var trace = Guid.NewGuid().ToString("N");
        var id = Stack.Id(await Stack.DraftAsync(Stack.Copy("Traced")));
        var publish = Stack.Write(HttpMethod.Post, $"api/articles/{id}/publish");
        publish.Headers.Add("traceparent", $"00-{trace}-00f067aa0ba902b7-01");
        (await Stack.Editor.SendAsync(publish)).EnsureSuccessStatusCode();
        var line = await Eventually.Get(
            () => Task.FromResult(Stack["Notifications"].Output.FirstOrDefault(l => l.Contains($"{id}", StringComparison.Ordinal))),
            l => l is not null,
            "the bulletin's log line"
        );
        Assert.Contains($"\"TraceId\":\"{trace}\"", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_service_answers_its_probes_and_metrics_to_operators_and_to_nobody_else()
    {
        foreach (var service in new[] { "Publishing", "Feed", "Notifications", "Gateway" })
        {
            foreach (var path in new[] { "health/live", "health/ready", "metrics" })
            {
                using var inside = await Stack.Reader.GetAsync(new Uri(Stack[service].Management, path));
                using var outside = await Stack.Reader.GetAsync(new Uri(path, UriKind.Relative));
                Assert.Equal((HttpStatusCode.OK, HttpStatusCode.NotFound), (inside.StatusCode, outside.StatusCode));
            }
        }
        var ready = JsonNode.Parse(await Stack.Reader.GetStringAsync(new Uri(Stack["Feed"].Management, "health/ready")))![
            "checks"
        ]!.AsObject();
        Assert.Equal(
            ["bus", "consumer", "consumer of feed.archive", "consumer of feed.rebuild", "database"],
            ready.Select(c => c.Key).Order()
        );
    }
}
