using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Platform.Tests;

/// <summary>The life of an article as readers and subscribers see it.</summary>
public sealed class LifeCycleTests(PlatformStack platform) : IClassFixture<PlatformStack>
{
    Stack Stack => platform.Stack;

    [Fact]
    public async Task Every_change_is_shown_and_told_as_what_it_is()
    {
        await using var subscriber = await Subscriber.JoinAsync(Stack.Reader, "?topic=keyword:life");
        var id = await Stack.PublishAsync(Copy("Harbour opens"));
        await Stack.ReviseAsync(id, Copy("Harbour opens at noon"));
        await Stack.ActAsync(id, "update", new { note = "The hour is known." });
        await Stack.ReviseAsync(id, Copy("Harbour opens at one"));
        await Stack.ActAsync(id, "correct", new { note = "An earlier version had the wrong hour." });
        await Stack.ActAsync(id, "unpublish", new { note = "We look into it." });
        await Stack.ActAsync(id, "publish");
        await Stack.ActAsync(id, "kill", new { reason = "The harbour does not exist." });

        var told = await subscriber.UntilAsync(r => r.Count == 6, "all six");
        Assert.Equal(
            [("published", "Harbour opens", null), ("updated", "Harbour opens at noon", "The hour is known."),
                ("corrected", "Harbour opens at one", "An earlier version had the wrong hour."), ("withdrawn", "Harbour opens at one", "We look into it."),
                ("published", "Harbour opens at one", null), ("withdrawn", "Harbour opens at one", "The harbour does not exist.")],
            told.Select(r => (r.Kind, r.Headline, (string?)r.Data["reason"])));
    }

    [Fact]
    public async Task A_correction_stands_on_the_page_with_its_note()
    {
        var id = await Stack.PublishAsync(Copy("Wrong name", "noted"));
        await Stack.ReviseAsync(id, Copy("Right name", "noted"));
        await Stack.ActAsync(id, "correct", new { note = "The name was wrong." });
        var item = (await Stack.LineUntilAsync(items => items.Any(i => (string)i["headline"]! == "Right name"), "the correction", "keyword=noted")).Single();
        var story = (await Stack.Reader.GetFromJsonAsync<JsonNode>($"api/news/{id}"))!;
        Assert.Equal(("correction", "The name was wrong."), ((string?)story["notes"]![0]!["kind"], (string?)story["notes"]![0]!["text"]));
        Assert.Contains("The name was wrong.", await Stack.Reader.GetStringAsync(new Uri((string)item["url"]!, UriKind.Relative)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_withheld_is_nowhere_and_comes_back()
    {
        var id = await Stack.PublishAsync(Copy("Now and then", "withheld"));
        var url = (string)(await Stack.LineUntilAsync(items => items.Count == 1, "the story", "keyword=withheld"))[0]["url"]!;
        await Stack.ActAsync(id, "unpublish");
        await Stack.LineUntilAsync(items => items.Count == 0, "it is off the line", "keyword=withheld");
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (await StatusAsync($"api/news/{id}"), await StatusAsync(url)));
        await Stack.ActAsync(id, "publish");
        await Stack.LineUntilAsync(items => items.Count == 1, "it is back", "keyword=withheld");
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await StatusAsync($"api/news/{id}"), await StatusAsync(url)));
    }

    [Fact]
    public async Task What_is_killed_is_gone_for_good_and_says_why()
    {
        var id = await Stack.PublishAsync(Copy("A hoax", "killed"));
        var url = (string)(await Stack.LineUntilAsync(items => items.Count == 1, "the story", "keyword=killed"))[0]["url"]!;
        await Stack.ActAsync(id, "kill", new { reason = "We were deceived." });
        await Stack.LineUntilAsync(items => items.Count == 0, "it is off the line", "keyword=killed");
        using var api = await Stack.Reader.GetAsync(new Uri($"api/news/{id}", UriKind.Relative));
        using var page = await Stack.Reader.GetAsync(new Uri(url, UriKind.Relative));
        Assert.Equal((HttpStatusCode.Gone, HttpStatusCode.Gone), (api.StatusCode, page.StatusCode));
        Assert.Equal("We were deceived.", (string?)(await api.Content.ReadFromJsonAsync<JsonNode>())!["reason"]);
        var said = await page.Content.ReadAsStringAsync();
        Assert.Contains("We were deceived.", said, StringComparison.Ordinal);
        Assert.DoesNotContain("A hoax", said, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Former_addresses_lead_to_the_present_one_in_one_step()
    {
        var id = await Stack.PublishAsync(new { headline = "Moving", category = "world", language = "en", keywords = new[] { "moving" }, slug = "moving-1" });
        for (var i = 2; i <= 3; i++)
        {
            await Stack.ReviseAsync(id, new { headline = "Moving", category = i == 3 ? "sport" : "world", language = "en", keywords = new[] { "moving" }, slug = $"moving-{i}" });
            await Stack.ActAsync(id, "update");
        }
        await Stack.LineUntilAsync(items => items.Any(i => (string)i["url"]! == "/en/sport/moving-3"), "the last address", "keyword=moving");
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = Stack.Reader.BaseAddress };
        foreach (var former in new[] { "en/world/moving-1", "en/world/moving-2", "en/world/moving-3" })
        {
            using var answer = await client.GetAsync(new Uri(former, UriKind.Relative));
            Assert.Equal((HttpStatusCode.MovedPermanently, "/en/sport/moving-3"), (answer.StatusCode, answer.Headers.Location!.ToString()));
        }
    }

    [Fact]
    public async Task A_scheduled_article_is_seen_by_nobody_before_its_time_and_by_all_then()
    {
        await using var subscriber = await Subscriber.JoinAsync(Stack.Reader, "?topic=keyword:timetable");
        var id = Stack.Id(await Stack.DraftAsync(Copy("At the hour", "timetable")));
        var at = DateTimeOffset.UtcNow.AddSeconds(3);
        await Stack.ActAsync(id, "schedule", new { publishAt = at });
        await Stack.PublishAsync(Copy("Witness before", "timetable"));
        var before = await subscriber.UntilAsync(r => r.Count > 0, "the witness");
        Assert.Equal("Witness before", before[0].Headline);

        var told = await subscriber.UntilAsync(r => r.Any(b => b.Headline == "At the hour"), "the scheduled one");
        Assert.True((DateTimeOffset)told[^1].Data["article"]!["publishedAt"]! >= at, "it was public before its time");
        await Stack.LineUntilAsync(items => items.Count == 2, "both on the line", "keyword=timetable");
        Assert.Equal(2, subscriber.Received.Count);
    }

    static object Copy(string headline, string keyword = "life") => Stack.Copy(headline, keywords: [keyword]);

    async Task<HttpStatusCode> StatusAsync(string path)
    {
        using var answer = await Stack.Reader.GetAsync(new Uri(path, UriKind.Relative));
        return answer.StatusCode;
    }
}
