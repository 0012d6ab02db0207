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
            [
                ("published", "Harbour opens", null),
                ("updated", "Harbour opens at noon", "The hour is known."),
                ("corrected", "Harbour opens at one", "An earlier version had the wrong hour."),
                ("withdrawn", "Harbour opens at one", "We look into it."),
                ("published", "Harbour opens at one", null),
                ("withdrawn", "Harbour opens at one", "The harbour does not exist."),
            ],
            told.Select(r => (r.Kind, r.Headline, (string?)r.Data["reason"]))
        );
    }

    [Fact]
    public async Task A_correction_stands_on_the_page_with_its_note()
    {
        var id = await Stack.PublishAsync(Copy("Wrong name", "noted"));
        await Stack.ReviseAsync(id, Copy("Right name", "noted"));
        await Stack.ActAsync(id, "correct", new { note = "The name was wrong." });
        var item = (
            await Stack.LineUntilAsync(items => items.Any(i => (string)i["headline"]! == "Right name"), "the correction", "keyword=noted")
        ).Single();
        var story = (await Stack.Reader.GetFromJsonAsync<JsonNode>($"api/news/{id}"))!;
        Assert.Equal(("correction", "The name was wrong."), ((string?)story["notes"]![0]!["kind"], (string?)story["notes"]![0]!["text"]));
        Assert.Contains(
            "The name was wrong.",
            await Stack.Reader.GetStringAsync(new Uri((string)item["url"]!, UriKind.Relative)),
            StringComparison.Ordinal
        );
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
        var id = await Stack.PublishAsync(
            new
            {
                headline = "Moving",
                category = "world",
                language = "en",
                keywords = new[] { "moving" },
                slug = "moving-1",
            }
        );
        for (var i = 2; i <= 3; i++)
        {
            await Stack.ReviseAsync(
                id,
                new
                {
                    headline = "Moving",
                    category = i == 3 ? "sport" : "world",
                    language = "en",
                    keywords = new[] { "moving" },
                    slug = $"moving-{i}",
                }
            );
            await Stack.ActAsync(id, "update");
        }
        await Stack.LineUntilAsync(
            items => items.Any(i => (string)i["url"]! == "/en/sport/moving-3"),
            "the last address",
            "keyword=moving"
        );
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

    [Fact]
    public async Task Every_cell_of_the_table_in_the_docs_is_so_through_the_gateway()
    {
        var lines = (await File.ReadAllLinesAsync(Path.Combine(Repository.Root, "docs", "life-cycle.md")))
            .SkipWhile(line => !line.StartsWith("| | revise |", StringComparison.Ordinal))
            .TakeWhile(line => line.Length > 0)
            .Select(line => line.Trim('|').Split('|').Select(cell => cell.Trim(' ', '*')).ToArray())
            .ToArray();
        Assert.True(lines.Length == 8, "the table has a row for each of six states");
        foreach (var row in lines.Skip(2))
        {
            foreach (var (act, expected) in lines[0].Skip(1).Zip(row.Skip(1)))
            {
                Assert.Equal((row[0], act, expected), (row[0], act, await CellAsync(row[0], act)));
            }
        }
    }

    /// <summary>
    /// What the act makes of an article in that state: the state after it, <c>=</c> when it was no event, or the status of the refusal.
    /// </summary>
    async Task<string> CellAsync(string state, string act)
    {
        var id = Stack.Id(await Stack.DraftAsync(Copy($"{state} {act}", "cells")));
        foreach (var step in Steps(state))
        {
            await (step == "revise" ? Stack.ReviseAsync(id, Copy($"{state} {act}, more", "cells")) : Stack.ActAsync(id, step, Body(step)));
        }
        var before = (await Stack.Editor.GetFromJsonAsync<JsonNode>($"api/articles/{id}"))!;
        Assert.Equal(state, (string?)before["state"]);
        using var answer =
            act == "revise"
                ? await Stack.Editor.SendAsync(
                    Stack.Write(HttpMethod.Put, $"api/articles/{id}", JsonContent.Create(Copy("Other words", "cells")))
                )
                : await Stack.TryAsync(id, act, Body(act));
        var after = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
        if (answer.StatusCode != HttpStatusCode.OK)
        {
            Assert.True(state == (string?)after["state"], $"{act} of what is {state}: {after.ToJsonString()}");
            return $"{(int)answer.StatusCode}";
        }
        return (long)after["version"]! == (long)before["version"]! ? "=" : (string)after["state"]!;
    }

    static string[] Steps(string state) =>
        state switch
        {
            "submitted" => ["submit"],
            "scheduled" => ["schedule", "revise"],
            "published" => ["publish", "revise"],
            "unpublished" => ["publish", "unpublish", "revise"],
            "killed" => ["publish", "kill"],
            _ => [],
        };

    static object? Body(string act) =>
        act switch
        {
            "return" or "correct" => new { note = "So it is." },
            // Another time each time it is asked for, so that it is not what is so already.
            "schedule" => new { publishAt = DateTimeOffset.UtcNow.AddDays(2) },
            "embargo" => new { until = DateTimeOffset.UtcNow.AddDays(1) },
            "kill" => new { reason = "It is not so." },
            _ => null,
        };

    [Fact]
    public async Task What_is_under_embargo_is_the_trades_alone_until_its_time()
    {
        using var trade = Stack.Bearer(await SecretAsync("trade-desk", trade: true));
        using var other = Stack.Bearer(await SecretAsync("no-trade", trade: false));
        await using var subscriber = await Subscriber.JoinAsync(Stack.Reader, "?topic=keyword:embargo");

        var held = Stack.Id(
            await Stack.DraftAsync(
                new
                {
                    headline = "Held back",
                    category = "world",
                    language = "en",
                    body = "<p>Body.</p>",
                    keywords = new[] { "embargo" },
                    editorNote = "Call the ministry.",
                }
            )
        );
        var until = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.ToUnixTimeSeconds() + 3600);
        var answer = await Stack.ActAsync(held, "embargo", new { until });
        Assert.Equal(("scheduled", until), ((string?)answer["state"], (DateTimeOffset)answer["embargoedUntil"]!));
        using var early = await Stack.TryAsync(held, "publish");
        Assert.Equal(
            (HttpStatusCode.Conflict, "urn:newsplatform:problem:embargoed"),
            (early.StatusCode, (string?)(await early.Content.ReadFromJsonAsync<JsonNode>())!["type"])
        );

        var told = await EmbargoedUntilAsync(trade, held, item => item["embargoedUntil"] is not null);
        var desk = (await Stack.Editor.GetFromJsonAsync<JsonNode>("api/articles?limit=1"))!;
        using var foreign = await trade.GetAsync(new Uri($"api/embargoed?after={desk["next"]}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.BadRequest, foreign.StatusCode);
        Assert.NotNull((await foreign.Content.ReadFromJsonAsync<JsonNode>())!["errors"]!["after"]);
        Assert.Equal(
            (until, "<p>Body.</p>", "Call the ministry."),
            ((DateTimeOffset)told["embargoedUntil"]!, (string?)told["article"]!["body"], (string?)told["editorNote"])
        );
        using var editor = Stack.Bearer(await SecretAsync("an-editor", role: "editor"));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusOfAsync(Stack.Reader));
        await Eventually.True(
            async () => (await StatusOfAsync(other), await StatusOfAsync(editor)) == (HttpStatusCode.Forbidden, HttpStatusCode.Forbidden),
            "those who are not of the trade are known and forbidden"
        );

        var soon = Stack.Id(await Stack.DraftAsync(Copy("At its hour", "embargo")));
        var at = DateTimeOffset.UtcNow.AddSeconds(2);
        await Stack.ActAsync(soon, "embargo", new { until = at });
        await subscriber.UntilAsync(r => r.Any(b => b.Headline == "At its hour"), "the one whose time has come");
        Assert.True((DateTimeOffset)subscriber.Received[^1].Data["article"]!["publishedAt"]! >= at, "it was public before its time");
        await Stack.LineUntilAsync(items => items.Count == 1, "only the one whose time has come", "keyword=embargo");
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync($"api/news/{held}"));

        await Stack.ActAsync(held, "kill", new { reason = "The report is put off." });
        var withdrawn = await EmbargoedUntilAsync(trade, held, item => item["withdrawn"] is not null);
        Assert.Equal(("The report is put off.", ""), ((string?)withdrawn["withdrawn"], (string?)withdrawn["article"]!["body"]));
        Assert.Equal(HttpStatusCode.NotFound, await StatusAsync($"api/news/{held}"));
        Assert.Single(subscriber.Received);
    }

    [Fact]
    public async Task All_translations_of_a_story_are_taken_down_or_killed_in_one_request_and_one_alone_otherwise()
    {
        var english = await Stack.PublishAsync(Copy("One story", "translated"));
        object Translated(string headline, string language) =>
            new
            {
                headline,
                category = "world",
                language,
                keywords = new[] { "translated" },
                translationOf = english,
            };
        var turkish = await Stack.PublishAsync(Translated("Bir haber", "tr"));
        var russian = await Stack.PublishAsync(Translated("Одна новость", "ru"));
        var draft = Stack.Id(await Stack.DraftAsync(Translated("Bir xəbər", "az")));
        await Stack.LineUntilAsync(items => items.Count == 3, "three", "keyword=translated");

        await Stack.ActAsync(russian, "unpublish");
        await Stack.LineUntilAsync(items => items.Count == 2, "two", "keyword=translated");

        var down = await Stack.ActAsync(turkish, "unpublish", new { translations = true });
        Assert.Equal(
            [("az", "draft"), ("en", "unpublished"), ("ru", "unpublished")],
            down["translations"]!.AsArray().Select(t => ((string)t!["language"]!, (string)t["state"]!)).Order()
        );
        await Stack.LineUntilAsync(items => items.Count == 0, "none", "keyword=translated");

        await Stack.ActAsync(english, "kill", new { reason = "Not one story.", translations = true });
        foreach (var id in new[] { english, turkish, russian })
        {
            await Eventually.True(async () => await StatusAsync($"api/news/{id}") == HttpStatusCode.Gone, "killed");
        }
        Assert.Equal("killed", (string?)(await Stack.Editor.GetFromJsonAsync<JsonNode>($"api/articles/{draft}"))!["state"]);
    }

    async Task<string> SecretAsync(string name, string role = "subscriber", bool? trade = null)
    {
        using var answer = await Stack.Editor.PostAsJsonAsync(
            "api/keys",
            new
            {
                name,
                role,
                trade,
            }
        );
        return (string)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["secret"]!;
    }

    static async Task<HttpStatusCode> StatusOfAsync(HttpClient client)
    {
        using var answer = await client.GetAsync(new Uri("api/embargoed", UriKind.Relative));
        return answer.StatusCode;
    }

    /// <summary>What the trade is told of an article, once that is enough.</summary>
    static Task<JsonNode> EmbargoedUntilAsync(HttpClient trade, Guid id, Func<JsonNode, bool> enough) =>
        Eventually.Get(
            async () =>
            {
                using var answer = await trade.GetAsync(new Uri("api/embargoed?limit=200", UriKind.Relative));
                return answer.IsSuccessStatusCode
                    ? (await answer.Content.ReadFromJsonAsync<JsonNode>())!["items"]!
                        .AsArray()
                        .SingleOrDefault(item => (Guid)item!["id"]! == id)
                        ?? new JsonObject()
                    : new JsonObject();
            },
            enough,
            "what the trade is told"
        );

    static object Copy(string headline, string keyword = "life") => Stack.Copy(headline, keywords: [keyword]);

    async Task<HttpStatusCode> StatusAsync(string path)
    {
        using var answer = await Stack.Reader.GetAsync(new Uri(path, UriKind.Relative));
        return answer.StatusCode;
    }
}
