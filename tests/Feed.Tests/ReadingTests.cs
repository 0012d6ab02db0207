using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using NewsPlatform.Contracts;
using NewsPlatform.ServiceDefaults;
using NewsPlatform.TestSupport;
using Xunit;

[assembly: AssemblyFixture(typeof(Servers))]
[assembly: TestCollectionOrderer(typeof(Order))]
[assembly: TestMethodOrderer(typeof(Order))]

namespace NewsPlatform.Feed.Tests;

/// <summary>Feed as it is deployed; the tests are the relay.</summary>
public sealed class FeedService(Servers servers) : IAsyncLifetime
{
    public Stack Stack { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Stack = await Stack.StartAsync(servers, null, "Feed");

    public async ValueTask DisposeAsync() => await (Stack?.DisposeAsync() ?? ValueTask.CompletedTask);
}

public sealed class ReadingTests(FeedService service) : IClassFixture<FeedService>
{
    static readonly DateTimeOffset morning = new(2026, 11, 24, 6, 0, 0, TimeSpan.Zero);

    Stack Stack => service.Stack;

    [Fact]
    public async Task The_same_message_twice_shows_once()
    {
        var article = Broker.Article("Twice on the wire", keywords: ["twice"]);
        await Stack.SendAsync(article, article, article with { });
        await Stack.SendAsync(Broker.Article("After the double", keywords: ["twice"]));
        var line = await Stack.LineUntilAsync(items => items.Count >= 2, "both stories", "keyword=twice");
        Assert.Equal(2, line.Count);
    }

    [Fact]
    public async Task An_older_version_never_overwrites_a_newer_one()
    {
        var newer = Broker.Article("Newer words", version: 5, keywords: ["order"]);
        await Stack.SendAsync(newer);
        await Stack.LineUntilAsync(items => items.Count == 1, "the newer version", "keyword=order");
        await Stack.SendAsync(
            newer with
            {
                Version = 2,
                Headline = "Older words",
            },
            Broker.Article("After the older one", keywords: ["order"])
        );
        var line = await Stack.LineUntilAsync(items => items.Count == 2, "what came after", "keyword=order");
        Assert.Equal(["After the older one", "Newer words"], line.Select(i => (string)i["headline"]!));
        Assert.Equal(5, (long)line[1]["version"]!);
    }

    [Fact]
    public async Task A_line_is_newest_first_and_its_pages_join_without_gap_or_repeat()
    {
        var articles = Enumerable
            .Range(0, 25)
            .Select(i => Broker.Article($"Paged {i}", keywords: ["paged"], publishedAt: morning.AddMinutes(i / 3)))
            .ToArray();
        await Stack.SendAsync(articles);
        await Stack.LineUntilAsync(items => items.Count == 25, "all of them", "keyword=paged");

        var pages = new List<JsonNode>();
        string? after = null;
        do
        {
            pages.Add(
                (
                    await Stack.Reader.GetFromJsonAsync<JsonNode>(
                        $"api/news?keyword=paged&limit=4{(after is null ? "" : $"&after={after}")}"
                    )
                )!
            );
            after = (string?)pages[^1]["next"];
            // A story that comes in while a reader pages moves nothing.
            await Stack.SendAsync(Broker.Article("Newcomer", keywords: ["paged"]));
        } while (after is not null);

        var read = pages.SelectMany(p => p["items"]!.AsArray()).Select(i => i!).Where(i => (string)i["headline"]! != "Newcomer").ToList();
        Assert.Equal(
            articles.OrderByDescending(a => a.PublishedAt).ThenByDescending(a => a.ArticleId.ToString()).Select(a => a.ArticleId),
            read.Select(Stack.Id)
        );

        var back = (await Stack.Reader.GetFromJsonAsync<JsonNode>($"api/news?keyword=paged&limit=4&before={pages[2]["previous"]}"))!;
        Assert.Equal(pages[1]["items"]!.ToJsonString(), back["items"]!.ToJsonString());
    }

    [Fact]
    public async Task A_line_holds_only_its_language_and_category()
    {
        await Stack.SendAsync(
            Broker.Article("Az sport", language: "az", category: "sport", keywords: ["sieve"]),
            Broker.Article("En sport", category: "sport", keywords: ["sieve"]),
            Broker.Article("Az world", language: "az", keywords: ["sieve"])
        );
        await Stack.LineUntilAsync(items => items.Count == 3, "all three", "keyword=sieve");
        Assert.Equal("Az sport", (string?)Assert.Single(await Stack.LineAsync("keyword=sieve&language=az&category=sport"))["headline"]);
        Assert.Equal(2, (await Stack.LineAsync("keyword=sieve&category=sport")).Count);
        Assert.Equal(2, (await Stack.LineAsync("keyword=sieve&language=az")).Count);
    }

    [Fact]
    public async Task A_story_is_whole_with_its_translations_and_featured_items_and_is_clean_whatever_was_sent()
    {
        var featured = Broker.Article("Featured one");
        var article = Broker.Article("Whole story") with
        {
            Body = "<p>Text<script>alert(1)</script></p>",
            Bylines = ["A. Writer"],
            Featured = [featured.ArticleId],
        };
        var translation = Broker.Article("Bütöv hekayə", language: "az") with { StoryId = article.ArticleId };
        await Stack.SendAsync(featured, article, translation);
        var story = await Eventually.Get(
            () => StoryAsync(article.ArticleId),
            s => s?["translations"]!.AsArray().Count == 1 && s["featured"]!.AsArray().Count == 1,
            "the story"
        );

        Assert.Equal("<p>Text</p>", (string?)story!["body"]);
        Assert.Equal("A. Writer", (string?)story["bylines"]![0]);
        Assert.Equal("Featured one", (string?)story["featured"]![0]!["headline"]);
        Assert.Equal(
            ("az", translation.ArticleId),
            ((string?)story["translations"]![0]!["language"], Stack.Id(story["translations"]![0]!))
        );
    }

    [Fact]
    public async Task A_body_is_cleaned_once_for_each_set_of_rules()
    {
        var article = Broker.Article("Cleaned once", keywords: ["cleaned"]) with
        {
            Body = "<p onclick=\"x()\">Clean <a href=\"/en\">here</a></p>",
        };
        await Stack.SendAsync(article);
        await Stack.LineUntilAsync(items => items.Count == 1, "the story", "keyword=cleaned");
        var whole = $"<p>Clean <a href=\"{Stack.Reader.BaseAddress}en\" rel=\"noopener nofollow\">here</a></p>";
        Assert.Equal(
            [$"{CleanHtml.Rules} <p>Clean <a href=\"/en\" rel=\"noopener nofollow\">here</a></p>", whole],
            await Stack.QueryAsync(
                "Feed",
                $"""
                select unnest(array[data ->> 'rules' || ' ' || (data ->> 'body'), data ->> 'wholeBody']) from mt_doc_story
                where id = '{article.ArticleId}'
                """
            )
        );

        // By the present rules: as it is, though cleaning would take the attribute away.
        await StoreAsync($"{CleanHtml.Rules}", "<p title=\"x\" data-as=\"stored\">As stored</p>");
        await EverywhereAsync(text => Assert.Contains("data-as=", text, StringComparison.Ordinal));
        // Of an earlier release, or by earlier rules.
        foreach (var rules in new[] { null, $"{CleanHtml.Rules - 1}" })
        {
            await StoreAsync(rules, "<p>Kept<script>alert('gone')</script> <a href=\"/en/other\" data-as=\"stored\">whole</a></p>");
            await EverywhereAsync(text =>
            {
                Assert.Contains("Kept", text, StringComparison.Ordinal);
                Assert.DoesNotContain("gone", text, StringComparison.Ordinal);
                Assert.DoesNotContain("data-as", text, StringComparison.Ordinal);
            });
            Assert.Contains(
                $"{Stack.Reader.BaseAddress}en/other",
                (string?)(await Stack.Reader.GetFromJsonAsync<JsonNode>($"api/news/{article.ArticleId}/ninjs"))!["bodies"]![0]!["value"],
                StringComparison.Ordinal
            );
        }

        Task StoreAsync(string? rules, string body) =>
            Stack.ExecuteAsync(
                "Feed",
                $"""
                update mt_doc_story set mt_version = mt_version + 1, data = data - 'rules' - 'wholeBody' - 'site' || '{new JsonObject
                {
                    ["body"] = body,
                }.ToJsonString().Replace("'", "''", StringComparison.Ordinal)}'
                    {(rules is null ? "" : $"|| '{{\"rules\": {rules}}}'")} where id = '{article.ArticleId}';
                update line_change set number = number + 1;
                notify line_change
                """
            );

        async Task EverywhereAsync(Action<string> check)
        {
            // Who reads of a change finds nothing older anywhere else.
            await Stack.Reader.GetStringAsync(new Uri($"api/news?keyword={Guid.NewGuid()}", UriKind.Relative));
            foreach (
                var path in new[]
                {
                    $"en/world/{article.Slug}",
                    $"api/news/{article.ArticleId}",
                    $"api/news/{article.ArticleId}/ninjs",
                    "en/rss.xml?keyword=cleaned",
                    "en/feed.json?keyword=cleaned",
                }
            )
            {
                check(await Stack.Reader.GetStringAsync(new Uri(path, UriKind.Relative)));
            }
        }
    }

    [Fact]
    public async Task What_a_reader_has_already_is_not_sent_again()
    {
        var article = Broker.Article("Conditional");
        await Stack.SendAsync(article);
        await Eventually.Get(() => StoryAsync(article.ArticleId), s => s is not null, "the story");
        foreach (var path in new[] { $"api/news/{article.ArticleId}", "api/categories" })
        {
            using var first = await Stack.Reader.GetAsync(new Uri(path, UriKind.Relative));
            using var again = await Stack.Reader.SendAsync(
                new(HttpMethod.Get, path) { Headers = { IfNoneMatch = { first.Headers.ETag! } } }
            );
            Assert.Equal((HttpStatusCode.NotModified, 0), (again.StatusCode, (await again.Content.ReadAsByteArrayAsync()).Length));
        }
    }

    [Theory]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=201", "limit")]
    [InlineData("limit=ten", "limit")]
    [InlineData("after=abc", "after")]
    [InlineData("before=AAAA", "before")]
    [InlineData("language=xx", "language")]
    [InlineData("category=gossip", "category")]
    [InlineData("page=2", "page")]
    [InlineData("limit=1&limit=2", "limit")]
    [InlineData("keyword=", "keyword")]
    [InlineData("author=%00", "author")]
    [InlineData("breaking=yes", "breaking")]
    [InlineData("corrected=false", "corrected")]
    [InlineData("since=2026-11-24", "since")]
    [InlineData("since=2026-11-24T00:00:00", "since")]
    public async Task A_parameter_that_cannot_be_read_is_named(string query, string parameter)
    {
        using var answer = await Stack.Reader.GetAsync(new Uri($"api/news?{query}", UriKind.Relative));
        var problem = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.NotNull(problem["errors"]![parameter]);
    }

    [Fact]
    public async Task A_cursor_is_good_only_for_its_own_line()
    {
        await Stack.SendAsync(Broker.Article("Cursor one", keywords: ["cursor"]), Broker.Article("Cursor two", keywords: ["cursor"]));
        await Stack.LineUntilAsync(items => items.Count == 2, "both", "keyword=cursor");
        var page = (await Stack.Reader.GetFromJsonAsync<JsonNode>("api/news?keyword=cursor&limit=1"))!;
        using var foreign = await Stack.Reader.GetAsync(new Uri($"api/news?after={page["next"]}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.BadRequest, foreign.StatusCode);
    }

    [Fact]
    public async Task Any_combination_of_filters_is_a_line()
    {
        var jane = Broker.Article("Jane breaks it", keywords: ["combined", "Ünlü"], breaking: true) with
        {
            Bylines = ["Jane Doe", "Ayşe Öz"],
        };
        await Stack.SendAsync(
            jane,
            Broker.Article("Jane at length", keywords: ["combined"], category: "sport") with
            {
                Bylines = ["Jane Doe"],
            },
            Broker.Article("Somebody breaks it", keywords: ["combined"], language: "az", breaking: true),
            Broker.Article("Jane elsewhere") with
            {
                Bylines = ["Jane Doe"],
            }
        );
        await Stack.LineUntilAsync(items => items.Count == 3, "all of them", "keyword=combined");

        Assert.Equal(["Jane at length", "Jane breaks it"], await HeadlinesAsync("keyword=combined&author=Jane%20Doe"));
        Assert.Equal(["Somebody breaks it", "Jane breaks it"], await HeadlinesAsync("keyword=combined&breaking=true"));
        Assert.Equal(
            ["Jane breaks it"],
            await HeadlinesAsync("keyword=%C3%9Cnl%C3%BC&author=Ay%C5%9Fe%20%C3%96z&breaking=true&language=en&category=world")
        );
        Assert.Empty(await HeadlinesAsync("keyword=combined&author=Jane%20Doe&category=culture"));
        Assert.Empty(await HeadlinesAsync("author=jane%20doe%25"));

        // Without its keyword and without its author, it leaves their lines.
        await Stack.SendMessagesAsync(new ArticleUpdated(jane with { Version = 3, Keywords = ["combined"], Bylines = [] }));
        await Stack.LineUntilAsync(items => items.Count == 1, "the other one of hers", "keyword=combined&author=Jane%20Doe");
        Assert.Empty(await HeadlinesAsync("keyword=%C3%9Cnl%C3%BC"));
    }

    [Fact]
    public async Task What_was_corrected_last_comes_first_and_what_is_withdrawn_leaves_every_line()
    {
        var articles = Enumerable
            .Range(0, 5)
            .Select(i => Broker.Article($"Story {i}", keywords: ["mended"], publishedAt: morning.AddMinutes(i)))
            .ToArray();
        await Stack.SendAsync(articles);
        await Stack.SendMessagesAsync(
            Corrected(articles[3], morning.AddHours(1)),
            Corrected(articles[0], morning.AddHours(2)),
            Corrected(articles[1], morning.AddHours(3))
        );
        await Stack.LineUntilAsync(items => items.Count == 3, "three corrections", "keyword=mended&corrected=true");
        Assert.Equal(["Story 1", "Story 0", "Story 3"], await HeadlinesAsync("keyword=mended&corrected=true"));
        Assert.Equal(["Story 1"], await HeadlinesAsync($"keyword=mended&corrected=true&since={morning.AddHours(2):yyyy-MM-ddTHH:mm:ssZ}"));

        var page = (await Stack.Reader.GetFromJsonAsync<JsonNode>("api/news?keyword=mended&corrected=true&limit=2"))!;
        Assert.Equal(
            ["Story 3"],
            Headlines(
                (await Stack.Reader.GetFromJsonAsync<JsonNode>($"api/news?keyword=mended&corrected=true&limit=2&after={page["next"]}"))!
            )
        );

        await Stack.SendMessagesAsync(
            new ArticleWithdrawn(articles[0] with { Version = 4 }, PubStatus.Withheld, null),
            new ArticleWithdrawn(articles[4] with { Version = 3 }, PubStatus.Canceled, "A hoax.")
        );
        await Stack.LineUntilAsync(items => items.Count == 3, "what is left", "keyword=mended");
        Assert.Equal(["Story 1", "Story 3"], await HeadlinesAsync("keyword=mended&corrected=true"));

        static ArticleCorrected Corrected(PublicArticle article, DateTimeOffset at) =>
            new(
                article with
                {
                    Version = 3,
                    Notes = [new("update", at.AddMinutes(-1), "More."), new("correction", at, "It was wrong.")],
                },
                "It was wrong."
            );
    }

    [Fact]
    public async Task A_line_says_in_its_Link_header_where_it_goes_on_and_since_gives_only_what_is_newer()
    {
        var articles = Enumerable
            .Range(0, 6)
            .Select(i => Broker.Article($"Linked {i}", keywords: ["linked & more"], publishedAt: morning.AddMinutes(i)))
            .ToArray();
        await Stack.SendAsync(articles);
        await Stack.LineUntilAsync(items => items.Count == 6, "all of them", "keyword=linked%20%26%20more");

        var (read, address) = (new List<string>(), (string?)"/api/news?keyword=linked%20%26%20more&limit=4");
        Dictionary<string, string> links;
        do
        {
            using var answer = await Stack.Reader.GetAsync(new Uri(address!, UriKind.Relative));
            read.AddRange(Headlines((await answer.Content.ReadFromJsonAsync<JsonNode>())!));
            links = answer
                .Headers.GetValues("Link")
                .Single()
                .Split(", ")
                .Select(link => link.Split(">; rel="))
                .ToDictionary(link => link[1].Trim('"'), link => link[0][1..]);
        } while (links.TryGetValue("next", out address));
        Assert.Equal(Enumerable.Range(0, 6).Reverse().Select(i => $"Linked {i}"), read);
        Assert.Equal(["first", "prev"], links.Keys);
        Assert.Equal(
            ["Linked 5", "Linked 4", "Linked 3", "Linked 2"],
            Headlines((await Stack.Reader.GetFromJsonAsync<JsonNode>(links["prev"]))!)
        );
        Assert.Equal(
            ["Linked 5", "Linked 4", "Linked 3", "Linked 2"],
            Headlines((await Stack.Reader.GetFromJsonAsync<JsonNode>(links["first"]))!)
        );

        Assert.Equal(
            ["Linked 5", "Linked 4"],
            await HeadlinesAsync($"keyword=linked%20%26%20more&since={morning.AddMinutes(3):yyyy-MM-ddTHH:mm:ssZ}")
        );
        Assert.Empty(await HeadlinesAsync($"keyword=linked%20%26%20more&since={morning.AddMinutes(5):yyyy-MM-ddTHH:mm:ssZ}"));
    }

    [Fact]
    public async Task Stories_that_an_earlier_release_stored_are_on_their_lines_and_at_their_former_addresses()
    {
        var article = Broker.Article("Older than its line", keywords: ["older"]) with { FormerSlugs = ["older-still"] };
        await Stack.SendAsync(article);
        await Stack.LineUntilAsync(items => items.Count == 1, "the story", "keyword=older");
        await Stack["Feed"].KillAsync();
        await Stack.ExecuteAsync("Feed", "delete from story_tag; comment on table story_tag is null");
        Stack["Feed"].Start();
        await Stack["Feed"].ReadyAsync();
        Assert.Equal(["Older than its line"], await HeadlinesAsync("keyword=older"));
        using var moved = await Stack.Reader.GetAsync(new Uri("en/world/older-still", UriKind.Relative));
        Assert.Equal((HttpStatusCode.OK, $"/en/world/{article.Slug}"), (moved.StatusCode, moved.RequestMessage!.RequestUri!.AbsolutePath));
    }

    static IEnumerable<string> Headlines(JsonNode page) => page["items"]!.AsArray().Select(item => (string)item!["headline"]!);

    async Task<IReadOnlyList<string>> HeadlinesAsync(string query) =>
        [.. (await Stack.LineAsync(query)).Select(item => (string)item["headline"]!)];

    [Fact]
    public async Task What_was_never_public_is_404()
    {
        using var answer = await Stack.Reader.GetAsync(new Uri($"api/news/{Guid.NewGuid()}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
    }

    [Fact]
    public async Task A_message_that_cannot_be_read_lands_in_the_error_queue_and_holds_up_nobody()
    {
        await Stack.SendRawAsync(
            Encoding.UTF8.GetBytes(
                "{\"messageType\":[\"urn:message:NewsPlatform.Contracts:ArticlePublished\"],\"message\":{\"articleId\":\"not an id\"}}"
            )
        );
        await Stack.SendAsync(Broker.Article("After the poison", keywords: ["poison"]));
        await Stack.LineUntilAsync(items => items.Count == 1, "the story after it", "keyword=poison");
        await Eventually.True(
            async () => await Stack.Servers.MessagesAsync(Stack.VirtualHost, "feed.articles_error") == 1,
            "the message in feed.articles_error"
        );
    }

    async Task<JsonNode?> StoryAsync(Guid id)
    {
        using var answer = await Stack.Reader.GetAsync(new Uri($"api/news/{id}", UriKind.Relative));
        return answer.IsSuccessStatusCode ? await answer.Content.ReadFromJsonAsync<JsonNode>() : null;
    }
}
