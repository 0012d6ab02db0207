using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Publishing.Tests;

public sealed class DeskListTests(PublishingService service) : IClassFixture<PublishingService>
{
    Stack Stack => service.Stack;

    /// <summary>A keyword of a test's own, so that it sees its own articles only.</summary>
    static string Word() => $"w{Guid.NewGuid():N}";

    static object Copy(
        string headline,
        string keyword,
        string category = "world",
        string language = "en",
        string? summary = null,
        string? byline = null
    ) =>
        new
        {
            headline,
            category,
            language,
            summary,
            byline,
            body = "<p>Body.</p>",
            keywords = new[] { keyword },
        };

    async Task<Guid> DraftAsync(
        string headline,
        string keyword,
        string category = "world",
        string language = "en",
        string? summary = null,
        string? byline = null
    ) => Stack.Id(await Stack.DraftAsync(Copy(headline, keyword, category, language, summary, byline)));

    [Fact]
    public async Task Indexes_stay_as_they_are_when_the_service_starts_again()
    {
        const string indexes =
            "select indexrelid || ' ' || pg_get_indexdef(indexrelid) from pg_index where indrelid = "
            + "'mt_doc_desk_item'::regclass order by 1";
        var before = await Stack.QueryAsync("Publishing", indexes);
        Assert.Contains(before, index => index!.EndsWith("(state, updated_at, id)", StringComparison.Ordinal));
        await using var replica = await Stack.StartReplicaAsync("Publishing");
        Assert.Equal(before, await Stack.QueryAsync("Publishing", indexes));
    }

    async Task<JsonNode> PageAsync(string query, HttpClient? who = null) =>
        (await (who ?? Stack.Editor).GetFromJsonAsync<JsonNode>($"api/articles{query}"))!;

    async Task<string[]> HeadlinesAsync(string query, HttpClient? who = null) =>
        [.. (await PageAsync(query, who))["items"]!.AsArray().Select(item => (string)item!["headline"]!)];

    async Task<(JsonNode Key, HttpClient Client)> MakeAsync(string role, params string[] categories)
    {
        using var answer = await Stack.Editor.PostAsJsonAsync(
            "api/keys",
            new
            {
                name = $"desk-{Guid.NewGuid():N}",
                role,
                categories,
            }
        );
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var key = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
        return (key, Stack.Bearer((string)key["secret"]!));
    }

    [Fact]
    public async Task An_article_stands_in_the_list_as_it_is_from_the_answer_to_the_act_on_that_made_it_so()
    {
        var word = Word();
        var id = await DraftAsync("Ferry opens", word, byline: "A. Writer");
        var draft = (await PageAsync($"?keyword={word}"))["items"]!.AsArray().Single()!;
        Assert.Equal(
            (id, 1L, "draft", "Ferry opens", "world", "en"),
            (
                Stack.Id(draft),
                (long)draft["version"]!,
                (string)draft["state"]!,
                (string)draft["headline"]!,
                (string)draft["category"]!,
                (string)draft["language"]!
            )
        );
        Assert.Equal(
            ("key:admin", "A. Writer", true, null, 5, false),
            (
                (string?)draft["author"],
                (string?)draft["byline"],
                (bool)draft["hasUnpublishedChanges"]!,
                (string?)draft["url"],
                (int)draft["urgency"]!,
                (bool)draft["breaking"]!
            )
        );

        var published = await Stack.PublishAsync(id);
        await Stack.ReviseAsync(id, Copy("Ferry opens late", word));
        var item = (await PageAsync($"?keyword={word}&state=published"))["items"]!.AsArray().Single()!;
        Assert.Equal(
            (3L, "published", "Ferry opens late", true, (string?)published["url"], "key:admin"),
            (
                (long)item["version"]!,
                (string)item["state"]!,
                (string)item["headline"]!,
                (bool)item["hasUnpublishedChanges"]!,
                (string?)item["url"],
                (string?)item["author"]
            )
        );
        Assert.Equal((DateTimeOffset)published["publishedAt"]!, (DateTimeOffset)item["publishedAt"]!);
        Assert.True((DateTimeOffset)item["updatedAt"]! >= (DateTimeOffset)draft["updatedAt"]!);
        Assert.Empty(await HeadlinesAsync($"?keyword={word}&state=draft"));
    }

    [Fact]
    public async Task States_are_listed_one_or_several_at_a_time_and_counted()
    {
        var word = Word();
        await DraftAsync("Drafted", word);
        await Stack.ActAsync(await DraftAsync("Submitted", word), "submit");
        await Stack.ActAsync(await DraftAsync("Scheduled", word), "schedule", new { publishAt = DateTimeOffset.UtcNow.AddDays(3) });
        await Stack.PublishAsync(await DraftAsync("Published", word));
        var unpublished = await DraftAsync("Unpublished", word);
        await Stack.PublishAsync(unpublished);
        await Stack.ActAsync(unpublished, "unpublish");
        await Stack.ActAsync(await DraftAsync("Killed", word), "kill", new { reason = "Wrong" });

        Assert.Equal(["Killed", "Unpublished", "Published", "Scheduled", "Submitted", "Drafted"], await HeadlinesAsync($"?keyword={word}"));
        foreach (var state in new[] { "Killed", "Unpublished", "Published", "Scheduled", "Submitted" })
        {
            Assert.Equal([state], await HeadlinesAsync($"?keyword={word}&state={state.ToLowerInvariant()}"));
        }
        Assert.Equal(["Submitted", "Drafted"], await HeadlinesAsync($"?keyword={word}&state=draft,submitted"));
        var counts = await PageAsync($"/counts?keyword={word}");
        Assert.All(["draft", "submitted", "scheduled", "published", "unpublished", "killed"], state =>
            Assert.Equal(1, (int)counts["counts"]![state]!)
        );
        Assert.Empty(counts["atLeast"]!.AsArray());
        Assert.Equal(0, (int)(await PageAsync($"/counts?keyword={word}&category=sport"))["counts"]!["draft"]!);
    }

    [Fact]
    public async Task Filters_are_and_ed_and_each_finds_what_it_names()
    {
        var word = Word();
        await DraftAsync("Liman açılır, İstanbul'da bayram", word, "world", "tr", "Mürettebat hazır", "Ayşe Yılmaz, John O'Neil");
        await DraftAsync("Harbour opens its e-mail desk", word, "sport", "en", "The 3.14 ferry & the rest");

        Assert.Equal(["Liman açılır, İstanbul'da bayram"], await HeadlinesAsync($"?keyword={word}&language=tr"));
        Assert.Equal(["Harbour opens its e-mail desk"], await HeadlinesAsync($"?keyword={word}&category=sport"));
        Assert.Empty(await HeadlinesAsync($"?keyword={word}&category=sport&language=tr"));
        foreach (
            var (q, found) in new[]
            {
                ("harb", 1),
                ("HARBOUR OPENS", 1),
                ("opens harb", 1),
                ("rest ferry", 1),
                ("e-mail", 1),
                ("3.14", 1),
                ("İstanbul", 1),
                ("açıl müret", 1),
                ("arbour", 0),
                ("harbour liman", 0),
                ("x' | y:* & (\\", 0),
                ("harb' | 'liman", 0),
            }
        )
        {
            Assert.Equal((q, found), (q, (await HeadlinesAsync($"?keyword={word}&q={Uri.EscapeDataString(q)}")).Length));
        }
        foreach (
            var (author, found) in new[]
            {
                ("key:admin", 2),
                ("ayşe yılmaz", 1),
                ("O'Neil", 1),
                ("Yılmaz Ayşe", 0),
                ("key:other", 0),
                ("Yıl", 0),
            }
        )
        {
            Assert.Equal(
                (author, found),
                (author, (await HeadlinesAsync($"?keyword={word}&author={Uri.EscapeDataString(author)}")).Length)
            );
        }
    }

    [Fact]
    public async Task What_was_changed_since_a_time_is_what_was_changed_then_or_later()
    {
        var word = Word();
        await DraftAsync("Before", word);
        await DraftAsync("After", word);
        var at = (string)(await PageAsync($"?keyword={word}"))["items"]![0]!["updatedAt"]!;
        Assert.Equal(["After"], await HeadlinesAsync($"?keyword={word}&updatedSince={at}"));
        var elsewhere = DateTimeOffset.Parse(at, null).ToOffset(TimeSpan.FromHours(4)).ToString("yyyy-MM-ddTHH:mm:ss.FFFFFFFzzz", null);
        Assert.Equal(["After"], await HeadlinesAsync($"?keyword={word}&updatedSince={Uri.EscapeDataString(elsewhere)}"));
        Assert.Equal(["After", "Before"], await HeadlinesAsync($"?keyword={word}&updatedSince=2020-01-01T00:00:00Z"));
    }

    [Fact]
    public async Task Pages_follow_each_other_without_a_gap_or_a_repeat_also_among_articles_of_one_moment()
    {
        var word = Word();
        await Stack.ImportAsync(
            string.Join(
                '\n',
                Enumerable
                    .Range(1, 25)
                    .Select(i =>
                        $$"""{"id":"{{Guid.NewGuid()}}","headline":"Line {{i}}","category":"world","language":"en","""
                        + $$""" "keywords":["{{word}}"]}"""
                    )
            ),
            query: "publish=false"
        );
        await Stack.ExecuteAsync(
            "Publishing",
            $$"""update mt_doc_desk_item set updated_at = '2026-01-01T00:00:00Z', data = data || """
                + $$"""'{"updatedAt":"2026-01-01T00:00:00Z"}' where data @> '{"keywords":["{{word}}"]}'"""
        );
        var seen = new List<string>();
        string? after = null;
        do
        {
            var page = await PageAsync($"?keyword={word}&limit=7{(after is null ? "" : $"&after={after}")}");
            Assert.True(page["items"]!.AsArray().Count <= 7);
            seen.AddRange(page["items"]!.AsArray().Select(item => (string)item!["headline"]!));
            after = (string?)page["next"];
        } while (after is not null);
        Assert.Equal(25, seen.Count);
        Assert.Equal(25, seen.Distinct().Count());
    }

    [Fact]
    public async Task What_is_imported_stands_in_the_list_with_who_imported_it()
    {
        var word = Word();
        await Stack.ImportAsync(
            $$"""{"headline":"Archived","category":"world","language":"en","keywords":["{{word}}"],"publishedAt":"2020-01-01T00:00:00Z"}"""
        );
        var item = (await PageAsync($"?keyword={word}"))["items"]!.AsArray().Single()!;
        Assert.Equal(
            ("published", "key:admin", "2020-01-01T00:00:00Z", 2L),
            ((string)item["state"]!, (string?)item["author"], (string?)item["publishedAt"], (long)item["version"]!)
        );
    }

    [Fact]
    public async Task What_is_due_soon_comes_soonest_first_and_leaves_the_list_when_it_is_done()
    {
        var now = DateTimeOffset.UtcNow;
        var (later, sooner, far) = (
            await DraftAsync("Later", Word(), "culture"),
            await DraftAsync("Sooner", Word(), "culture"),
            await DraftAsync("Far", Word(), "culture")
        );
        await Stack.ActAsync(later, "schedule", new { publishAt = now.AddHours(3), unpublishAt = now.AddHours(4) });
        await Stack.ActAsync(sooner, "schedule", new { publishAt = now.AddHours(2) });
        await Stack.ActAsync(far, "schedule", new { publishAt = now.AddDays(30) });

        Assert.Equal(["Sooner", "Later"], await HeadlinesAsync("/due?category=culture"));
        Assert.Equal(["Sooner"], await HeadlinesAsync("/due?category=culture&within=PT150M"));
        Assert.Equal(["Sooner"], await HeadlinesAsync("/due?category=culture&within=9000"));
        Assert.Equal(["Sooner"], await HeadlinesAsync("/due?category=culture&within=PT2.5H"));
        Assert.Equal(["Sooner", "Later"], await HeadlinesAsync("/due?category=culture&within=P1W"));
        Assert.Equal(["Sooner", "Later", "Far"], await HeadlinesAsync("/due?category=culture&within=P31D"));
        var first = await PageAsync("/due?category=culture&within=P31D&limit=1");
        Assert.Equal(["Later"], await HeadlinesAsync($"/due?category=culture&within=P31D&limit=1&after={first["next"]}"));
        var due = (await PageAsync("/due?category=culture"))["items"]![1]!;
        Assert.Equal(TimeSpan.FromHours(1), (DateTimeOffset)due["unpublishAt"]! - (DateTimeOffset)due["publishAt"]!);

        await Stack.ActAsync(sooner, "unschedule");
        await Stack.ActAsync(later, "schedule", new { publishAt = DateTimeOffset.UtcNow.AddMilliseconds(300) });
        await Eventually.True(async () => (await HeadlinesAsync("/due?category=culture")).Length == 0, "nothing is due any more");
        Assert.Equal(["Later"], await HeadlinesAsync("?category=culture&state=published&q=later"));
    }

    [Fact]
    public async Task A_key_of_some_categories_sees_articles_of_those_only()
    {
        var word = Word();
        await DraftAsync("In the world", word);
        await DraftAsync("In sport", word, "sport");
        var moved = await DraftAsync("From sport", word, "sport");
        await Stack.PublishAsync(moved);
        await Stack.ReviseAsync(moved, Copy("To the world", word));
        await Stack.ActAsync(
            await DraftAsync("Due in sport", word, "sport"),
            "schedule",
            new { publishAt = DateTimeOffset.UtcNow.AddHours(1) }
        );
        var (_, client) = await MakeAsync("reporter", "world");
        using (client)
        {
            Assert.Equal(["In the world"], await HeadlinesAsync($"?keyword={word}", client));
            Assert.Empty(await HeadlinesAsync($"?keyword={word}&category=sport", client));
            Assert.Equal(
                (1, 0),
                (
                    (int)(await PageAsync($"/counts?keyword={word}", client))["counts"]!["draft"]!,
                    (int)(await PageAsync($"/counts?keyword={word}", client))["counts"]!["published"]!
                )
            );
            Assert.DoesNotContain("Due in sport", await HeadlinesAsync("/due", client));
        }
    }

    [Theory]
    [InlineData("?limit=0", "limit")]
    [InlineData("?limit=201", "limit")]
    [InlineData("?limit=ten", "limit")]
    [InlineData("?state=drafted", "state")]
    [InlineData("?state=draft,", "state")]
    [InlineData("?category=gossip", "category")]
    [InlineData("?language=xx", "language")]
    [InlineData("?author=", "author")]
    [InlineData("?keyword=a%00", "keyword")]
    [InlineData("?q=%20", "q")]
    [InlineData("?q=%26%20-", "q")]
    [InlineData("?updatedSince=2026-01-01T00:00:00", "updatedSince")]
    [InlineData("?updatedSince=yesterday", "updatedSince")]
    [InlineData("?updatedSince=2026-01-01T00:00:00+04:00", "updatedSince")]
    [InlineData("?after=abc", "after")]
    [InlineData("?after=AQAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "after")]
    [InlineData("?sort=headline", "sort")]
    [InlineData("?q=a&q=b", "q")]
    [InlineData("/counts?state=draft", "state")]
    [InlineData("/counts?limit=5", "limit")]
    [InlineData("/due?within=0", "within")]
    [InlineData("/due?within=-PT1H", "within")]
    [InlineData("/due?within=tomorrow", "within")]
    [InlineData("/due?within=PT", "within")]
    [InlineData("/due?within=P1H", "within")]
    [InlineData("/due?within=PT1.5H30M", "within")]
    [InlineData("/due?within=P0W", "within")]
    [InlineData("/due?within=P262W", "within")]
    [InlineData("/due?within=P9999Y", "within")]
    [InlineData("/due?within=99999999999999999", "within")]
    [InlineData("/due?state=draft", "state")]
    [InlineData("/due?limit=0", "limit")]
    public async Task A_bad_parameter_is_refused_by_its_name(string query, string parameter)
    {
        using var answer = await Stack.Editor.GetAsync(new Uri($"api/articles{query}", UriKind.Relative));
        var problem = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
        Assert.Equal(
            (HttpStatusCode.BadRequest, "application/problem+json"),
            (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType)
        );
        Assert.NotNull(problem["errors"]![parameter]);
    }

    [Fact]
    public async Task A_cursor_is_good_for_the_list_and_the_filter_that_gave_it_and_as_it_was_given()
    {
        var word = Word();
        await DraftAsync("One", word);
        await DraftAsync("Two", word);
        var next = (string)(await PageAsync($"?keyword={word}&limit=1"))["next"]!;
        Assert.Equal(["One"], await HeadlinesAsync($"?keyword={word}&limit=5&after={next}"));
        foreach (
            var query in new[]
            {
                $"?after={next}",
                $"?keyword={word}&state=draft&after={next}",
                $"/due?after={next}",
                $"?keyword={word}&after={next[..5]}{(next[5] == 'A' ? 'B' : 'A')}{next[6..]}",
            }
        )
        {
            using var answer = await Stack.Editor.GetAsync(new Uri($"api/articles{query}", UriKind.Relative));
            Assert.Equal((query, HttpStatusCode.BadRequest), (query, answer.StatusCode));
        }
    }

    [Fact]
    public async Task Counting_ends_at_ten_thousand_and_says_so()
    {
        var word = Word();
        await Stack.PublishAsync(await DraftAsync("Archive", word));
        await Stack.ExecuteAsync(
            "Publishing",
            $$"""
            insert into mt_doc_desk_item (id, data, mt_version, state, category, language, author, story_id, updated_at)
            select gen_random_uuid(), data, 1, state, category, language, author, story_id, updated_at
            from mt_doc_desk_item, generate_series(1, 10000) where data @> '{"keywords":["{{word}}"]}'
            """
        );
        await DraftAsync("Draft", word);
        var counts = await PageAsync($"/counts?keyword={word}");
        Assert.Equal(
            (10_000, 1, """["published"]"""),
            ((int)counts["counts"]!["published"]!, (int)counts["counts"]!["draft"]!, counts["atLeast"]!.ToJsonString())
        );
        await Stack.ExecuteAsync("Publishing", $$"""delete from mt_doc_desk_item where data @> '{"keywords":["{{word}}"]}'""");
    }

    [Fact]
    public async Task Lists_are_for_the_desk_only()
    {
        using var nobody = await Stack.Reader.GetAsync(new Uri("api/articles", UriKind.Relative));
        var (_, subscriber) = await MakeAsync("subscriber");
        var (_, reporter) = await MakeAsync("reporter");
        using (subscriber)
        using (reporter)
        {
            using var forbidden = await subscriber.GetAsync(new Uri("api/articles/due", UriKind.Relative));
            using var allowed = await reporter.GetAsync(new Uri("api/articles/counts", UriKind.Relative));
            Assert.Equal(
                (HttpStatusCode.Unauthorized, HttpStatusCode.Forbidden, HttpStatusCode.OK),
                (nobody.StatusCode, forbidden.StatusCode, allowed.StatusCode)
            );
        }
    }

    [Fact]
    public async Task Articles_that_were_stored_before_there_were_lists_come_onto_them_and_newer_ones_stay()
    {
        var word = Word();
        var (lost, old, kept) = (await DraftAsync("Lost", word), await DraftAsync("Old", word), await DraftAsync("Kept", word));
        await Stack.PublishAsync(lost);
        var before = await PageAsync($"?keyword={word}");
        // As a store of an earlier release has it, and as an instance of one leaves it behind.
        await Stack.ExecuteAsync("Publishing", $"delete from mt_doc_desk_item where id = '{lost}'");
        await Stack.ExecuteAsync(
            "Publishing",
            $$"""update mt_doc_desk_item set mt_version = 0, data = data || '{"headline":"Older"}' where id = '{{old}}'"""
        );
        Assert.Equal(["Kept", "Older"], await HeadlinesAsync($"?keyword={word}"));

        await using var replica = await Stack.StartReplicaAsync("Publishing");
        await Eventually.True(
            async () => (await HeadlinesAsync($"?keyword={word}")).Order().SequenceEqual(["Kept", "Lost", "Old"]),
            "all three are listed as they are"
        );
        var item = (await PageAsync($"?keyword={word}&state=published"))["items"]!.AsArray().Single()!;
        Assert.Equal((lost, 2L, "key:admin"), (Stack.Id(item), (long)item["version"]!, (string?)item["author"]));
        await Stack.ReviseAsync(kept, Copy("Kept and revised", word));
        Assert.Contains("Kept and revised", await HeadlinesAsync($"?keyword={word}"));
        Assert.Equal(3, before["items"]!.AsArray().Count);
    }
}
