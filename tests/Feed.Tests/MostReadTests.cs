using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using NewsPlatform.Contracts;
using NewsPlatform.Feed.Reads;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Feed.Tests;

/// <summary>A Feed that writes and ranks reads every second.</summary>
public sealed class QuickReads(Servers servers) : IAsyncLifetime
{
    public Stack Stack { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Stack = await Stack.StartAsync(servers, Settings(("Reads__FlushSeconds", "1"), ("Reads__RankSeconds", "1")), "Feed");

    /// <summary>The tests' one client stands for many.</summary>
    public static Dictionary<string, string> Settings(params (string Name, string Value)[] settings) =>
        settings
            .Append(("Reads__PerClient", "10000"))
            .Append(("Reads__PerClientOfAll", "1000000"))
            .ToDictionary(s => s.Item1, s => s.Item2);

    public async ValueTask DisposeAsync() => await (Stack?.DisposeAsync() ?? ValueTask.CompletedTask);
}

/// <remarks>Each test has a category and a language of its own, since the stories of the others are in the ranking too.</remarks>
public sealed class MostReadTests(QuickReads service, Servers servers) : IClassFixture<QuickReads>
{
    Stack Stack => service.Stack;

    [Fact]
    public async Task A_story_is_read_on_its_page_and_by_the_API_also_by_who_has_it_already()
    {
        var article = await PublishedAsync(Stack, Broker.Article("Read five times", category: "sport"));
        await ReadAsync(Stack, $"en/sport/{article.Slug}", $"en/sport/{article.Slug}", $"api/news/{article.ArticleId}");
        foreach (var path in new[] { $"en/sport/{article.Slug}", $"api/news/{article.ArticleId}" })
        {
            using var first = await Stack.Reader.SendAsync(new(HttpMethod.Head, path));
            using var again = await Stack.Reader.SendAsync(
                new(HttpMethod.Get, path) { Headers = { IfNoneMatch = { first.Headers.ETag! } } }
            );
            Assert.Equal(HttpStatusCode.NotModified, again.StatusCode);
        }
        foreach (var window in new[] { "1h", "24h", "7d" })
        {
            var ranking = await RankedAsync(Stack, $"most-read?window={window}&category=sport&language=en", [("Read five times", 5)]);
            Assert.Equal(window, (string?)ranking["window"]);
            Assert.Equal(
                (article.Slug, 2L),
                (((string)ranking["items"]![0]!["url"]!).Split('/')[^1], (long)ranking["items"]![0]!["version"]!)
            );
        }
        Assert.Equal("24h", (string?)(await GetAsync(Stack, "most-read"))["window"]);
    }

    [Fact]
    public async Task Robots_what_is_fetched_in_advance_and_what_is_not_there_are_no_reads()
    {
        var read = await PublishedAsync(Stack, Broker.Article("Only a robot reads this", category: "science"));
        var killed = Broker.Article("Killed before anybody read it", category: "science");
        await Stack.SendMessagesAsync(new ArticleWithdrawn(killed, PubStatus.Canceled, "A hoax."));
        var marker = await PublishedAsync(Stack, Broker.Article("Read after them", category: "science"));

        var page = $"en/science/{read.Slug}";
        foreach (var path in new[] { page, $"api/news/{read.ArticleId}" })
        {
            (await Stack.Reader.SendAsync(new(HttpMethod.Head, path))).Dispose();
            foreach (
                var (header, value) in new[]
                {
                    ("User-Agent", "Mozilla/5.0 (compatible; ExampleBot/2.1)"),
                    ("User-Agent", "web-crawler"),
                    ("User-Agent", "Spider"),
                    ("Purpose", "prefetch"),
                    ("Sec-Purpose", "prefetch;prerender"),
                }
            )
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, path);
                request.Headers.TryAddWithoutValidation(header, value);
                using var answer = await Stack.Reader.SendAsync(request);
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            }
        }
        foreach (
            var path in new[]
            {
                $"api/news/{killed.ArticleId}",
                $"en/science/{killed.Slug}",
                $"api/news/{Guid.NewGuid()}",
                "en/science/nothing",
                "en/science",
            }
        )
        {
            (await Stack.Reader.GetAsync(new Uri(path, UriKind.Relative))).Dispose();
        }
        await ReadAsync(Stack, $"api/news/{marker.ArticleId}");
        await RankedAsync(Stack, "most-read?category=science", [("Read after them", 1)]);
        Assert.Equal(
            ["1"],
            await Stack.QueryAsync(
                "Feed",
                $"""
                select coalesce(sum(reads), 0) from story_reads
                where id in ('{read.ArticleId}', '{killed.ArticleId}', '{marker.ArticleId}')
                """
            )
        );
    }

    [Fact]
    public async Task Of_a_reader_nothing_is_stored() =>
        Assert.Equal(
            ["bucket", "id", "reads"],
            await Stack.QueryAsync("Feed", "select column_name from information_schema.columns where table_name = 'story_reads' order by 1")
        );

    [Fact]
    public async Task Each_window_counts_what_lies_in_it_and_of_equals_the_newest_is_first()
    {
        var now = DateTimeOffset.UtcNow;
        var articles = new List<PublicArticle>();
        foreach (var (headline, age) in new[] { ("Now", 1), ("Today", 2), ("This week", 3), ("Just as much", 4) })
        {
            articles.Add(
                await PublishedAsync(Stack, Broker.Article(headline, category: "culture", publishedAt: now.AddDays(-8).AddHours(-age)))
            );
        }
        await CountedAsync(Stack, articles[0], ("30 minutes", 5), ("90 minutes", 1));
        await CountedAsync(Stack, articles[1], ("5 hours", 20), ("10 minutes", 1));
        await CountedAsync(Stack, articles[2], ("3 days", 100), ("8 days", 1000));
        await CountedAsync(Stack, articles[3], ("4 days", 100));
        await RankedAsync(Stack, "most-read?window=1h&category=culture", [("Now", 5), ("Today", 1)]);
        await RankedAsync(Stack, "most-read?window=24h&category=culture", [("Today", 21), ("Now", 6)]);
        await RankedAsync(
            Stack,
            "most-read?window=7d&category=culture",
            [("This week", 100), ("Just as much", 100), ("Today", 21), ("Now", 6)]
        );
        await RankedAsync(Stack, "most-read?window=7d&category=culture&limit=2", [("This week", 100), ("Just as much", 100)]);
    }

    [Fact]
    public async Task A_ranking_is_of_the_portal_a_language_a_category_or_both()
    {
        var az = await PublishedAsync(Stack, Broker.Article("Az economy", language: "az", category: "economy"));
        var tr = await PublishedAsync(Stack, Broker.Article("Tr economy", language: "tr", category: "economy"));
        var other = await PublishedAsync(Stack, Broker.Article("Az society", language: "az", category: "society"));
        await CountedAsync(Stack, az, ("10 minutes", 3_000_003));
        await CountedAsync(Stack, tr, ("10 minutes", 3_000_002));
        await CountedAsync(Stack, other, ("10 minutes", 3_000_001));
        await RankedAsync(Stack, "most-read?limit=3", [("Az economy", 3_000_003), ("Tr economy", 3_000_002), ("Az society", 3_000_001)]);
        await RankedAsync(Stack, "most-read?language=az&limit=2", [("Az economy", 3_000_003), ("Az society", 3_000_001)]);
        await RankedAsync(Stack, "most-read?category=economy", [("Az economy", 3_000_003), ("Tr economy", 3_000_002)]);
        await RankedAsync(Stack, "most-read?category=economy&language=tr", [("Tr economy", 3_000_002)]);
    }

    [Fact]
    public async Task What_rises_trends_and_what_was_always_popular_or_hardly_read_does_not()
    {
        var longAgo = DateTimeOffset.UtcNow.AddDays(-30);
        var popular = await PublishedAsync(Stack, Broker.Article("Always popular", category: "politics", publishedAt: longAgo));
        var rising = await PublishedAsync(Stack, Broker.Article("Rising", category: "politics", publishedAt: longAgo));
        var fresh = await PublishedAsync(
            Stack,
            Broker.Article("Fresh", category: "politics", publishedAt: DateTimeOffset.UtcNow.AddMinutes(-20))
        );
        var hardly = await PublishedAsync(
            Stack,
            Broker.Article("Hardly read", category: "politics", publishedAt: DateTimeOffset.UtcNow.AddMinutes(-20))
        );
        await CountedAsync(
            Stack,
            popular,
            [("10 minutes", 1000), .. Enumerable.Range(1, 22).Select(hour => ($"{hour} hours 30 minutes", 1000))]
        );
        await CountedAsync(Stack, rising, ("10 minutes", 60), ("5 hours", 40));
        await CountedAsync(Stack, fresh, ("10 minutes", 30));
        await CountedAsync(Stack, hardly, ("10 minutes", 2));
        await RankedAsync(
            Stack,
            "most-read?window=1h&category=politics",
            [("Always popular", 1000), ("Rising", 60), ("Fresh", 30), ("Hardly read", 2)]
        );
        await RankedAsync(Stack, "trending?window=1h&category=politics", [("Rising", 60), ("Fresh", 30)]);
        await RankedAsync(Stack, "trending?window=24h&category=politics", [("Always popular", 23_000), ("Rising", 100), ("Fresh", 30)]);
    }

    [Theory]
    [InlineData(2, 0, 1, false)]
    [InlineData(6, 0, 1, false)]
    [InlineData(7, 0, 1, true)]
    [InlineData(1000, 23_000, 23, false)]
    [InlineData(1060, 23_000, 23, false)]
    [InlineData(1070, 23_000, 23, true)]
    [InlineData(30, 60, 2, false)]
    [InlineData(30, 60, 23, true)]
    public void Reads_trend_when_they_are_two_deviations_above_what_was_to_be_expected(
        long reads,
        long before,
        double windows,
        bool trends
    ) => Assert.Equal(trends, Ranking.Trend(reads, before, windows) > 0);

    [Fact]
    public async Task Reads_wait_while_they_cannot_be_written_and_none_is_counted_twice()
    {
        var article = await PublishedAsync(Stack, Broker.Article("Read in an outage", category: "technology"));
        await Stack.ExecuteAsync("Feed", "alter table story_reads add constraint away check (reads < 0) not valid");
        await ReadAsync(Stack, [.. Enumerable.Repeat($"api/news/{article.ArticleId}", 4)]);
        await Eventually.True(
            () => Task.FromResult(Stack["Feed"].Output.Any(line => line.Contains("are not written", StringComparison.Ordinal))),
            "a write that failed"
        );
        await ReadAsync(Stack, [.. Enumerable.Repeat($"api/news/{article.ArticleId}", 3)]);
        await Stack.ExecuteAsync("Feed", "alter table story_reads drop constraint away");
        await RankedAsync(Stack, "most-read?category=technology&window=1h", [("Read in an outage", 7)]);
    }

    [Fact]
    public async Task Replicas_add_up()
    {
        var article = await PublishedAsync(Stack, Broker.Article("Read at two replicas", category: "world", language: "ru"));
        await using var replica = await Stack.StartReplicaAsync("Feed");
        using var reader = new HttpClient { BaseAddress = replica.Address };
        await ReadAsync(Stack, [.. Enumerable.Repeat($"api/news/{article.ArticleId}", 3)]);
        for (var i = 0; i < 4; i++)
        {
            (await reader.GetAsync(new Uri($"ru/world/{article.Slug}", UriKind.Relative))).EnsureSuccessStatusCode();
        }
        await RankedAsync(Stack, "most-read?category=world&language=ru", [("Read at two replicas", 7)]);
        Assert.Equal(0, await replica.StopAsync());
    }

    [Fact]
    public async Task The_pages_of_an_edition_have_what_it_reads_most_in_its_own_words()
    {
        var articles = new List<PublicArticle>();
        for (var i = 0; i < 7; i++)
        {
            articles.Add(await PublishedAsync(Stack, Broker.Article($"Читаемое {i}", language: "ru", category: "analysis")));
            await CountedAsync(Stack, articles[i], ("10 minutes", 2_000_000 + i));
        }
        await Eventually.True(
            async () =>
                (await GetAsync(Stack, "most-read?language=ru&limit=5"))["items"]!
                    .AsArray()
                    .Select(Headline)
                    .SequenceEqual(Enumerable.Range(2, 5).Reverse().Select(i => $"Читаемое {i}")),
            "the ranking"
        );
        foreach (var path in new[] { "ru", $"ru/analysis/{articles[0].Slug}" })
        {
            var page = await Stack.Reader.GetStringAsync(new Uri(path, UriKind.Relative));
            var box = page[page.IndexOf("aria-label=\"Самое читаемое\"", StringComparison.Ordinal)..];
            box = box[..box.IndexOf("</aside>", StringComparison.Ordinal)];
            Assert.Equal(
                Enumerable.Range(2, 5).Reverse().Select(i => articles[i].Slug),
                box.Split("<p class=\"headline\">").Skip(1).Select(item => item.Split("/ru/analysis/")[1].Split('"')[0])
            );
        }
    }

    [Fact]
    public async Task What_was_written_outlives_a_crash_and_a_stop_in_order_writes_what_waits()
    {
        await using var stack = await Stack.StartAsync(
            servers,
            QuickReads.Settings(("Reads__FlushSeconds", "300"), ("Reads__RankSeconds", "1")),
            "Feed"
        );
        Assert.DoesNotContain(
            "class=\"box\"",
            await stack.Reader.GetStringAsync(new Uri("en", UriKind.Relative)),
            StringComparison.Ordinal
        );
        var article = await PublishedAsync(stack, Broker.Article("Read before the stop"));
        await ReadAsync(stack, [.. Enumerable.Repeat($"api/news/{article.ArticleId}", 3)]);
        Assert.Equal(0, await stack["Feed"].StopAsync());
        Assert.Equal(["3"], await stack.QueryAsync("Feed", "select sum(reads) from story_reads"));

        stack["Feed"].Start();
        await stack["Feed"].ReadyAsync();
        await ReadAsync(stack, $"api/news/{article.ArticleId}");
        await stack["Feed"].KillAsync();
        stack["Feed"].Start();
        await stack["Feed"].ReadyAsync();
        await RankedAsync(stack, "most-read", [("Read before the stop", 3)]);
    }

    [Fact]
    public async Task What_is_withdrawn_or_changes_its_category_leaves_at_once_and_old_buckets_are_summed_up_and_dropped()
    {
        await using var stack = await Stack.StartAsync(
            servers,
            QuickReads.Settings(("Reads__RankSeconds", "3600"), ("Reads__MaxWaitingStories", "1"), ("Reads__FlushSeconds", "300")),
            "Feed"
        );
        var withdrawn = await PublishedAsync(stack, Broker.Article("To be withdrawn"));
        var moved = await PublishedAsync(stack, Broker.Article("To be moved"));
        var stays = await PublishedAsync(stack, Broker.Article("To stay"));
        await stack["Feed"].StopAsync();
        await CountedAsync(stack, withdrawn, ("10 minutes", 30));
        await CountedAsync(stack, moved, ("10 minutes", 20));
        await CountedAsync(stack, stays, ("10 minutes", 10));
        await stack.ExecuteAsync(
            "Feed",
            $"""
            insert into story_reads (bucket, id, reads)
            select date_trunc('hour', now(), 'UTC') - interval '3 days' + minutes * interval '5 minutes', '{stays.ArticleId}', 1
            from generate_series(0, 23) minutes;
            insert into story_reads (bucket, id, reads)
            values (now() - interval '7 days 2 hours', '{stays.ArticleId}', 1),
                (date_trunc('hour', now(), 'UTC') - interval '23 hours 55 minutes', '{stays.ArticleId}', 1)
            """
        );
        stack["Feed"].Start();
        await stack["Feed"].ReadyAsync();
        await RankedAsync(stack, "most-read?window=1h&category=world", [("To be withdrawn", 30), ("To be moved", 20), ("To stay", 10)]);
        await RankedAsync(stack, "most-read?window=7d&limit=1&category=world", [("To stay", 35)]);
        Assert.Equal(
            ["12 2", "12 2"],
            await stack.QueryAsync(
                "Feed",
                "select reads || ' ' || count(*) over () from story_reads where bucket < now() - interval '2 days'"
            )
        );
        Assert.Equal(["36"], await stack.QueryAsync("Feed", $"select sum(reads) + 1 from story_reads where id = '{stays.ArticleId}'"));

        await stack.SendMessagesAsync(
            new ArticleWithdrawn(withdrawn with { Version = 3 }, PubStatus.Withheld, null),
            new ArticleUpdated(moved with { Version = 3, Category = "sport" })
        );
        await stack.LineUntilAsync(items => items.Count == 1, "what is left", "category=world");
        Assert.Equal(["To stay"], (await GetAsync(stack, "most-read?window=1h&category=world"))["items"]!.AsArray().Select(Headline));
        Assert.Equal(["To be moved", "To stay"], (await GetAsync(stack, "most-read?window=1h"))["items"]!.AsArray().Select(Headline));

        // Two stories are more than may wait here.
        await ReadAsync(
            stack,
            $"api/news/{stays.ArticleId}",
            $"api/news/{moved.ArticleId}",
            $"api/news/{moved.ArticleId}",
            $"api/news/{stays.ArticleId}"
        );
        using var operatorClient = new HttpClient { BaseAddress = stack["Feed"].Management };
        var metrics = await Eventually.Get(
            () => operatorClient.GetStringAsync(new Uri("metrics", UriKind.Relative)),
            text => text.Contains("news_feed_reads_dropped", StringComparison.Ordinal),
            "the metrics"
        );
        Assert.Matches(@"(?m)^news_feed_reads_dropped_total\{[^}]*\} 2\b", metrics);
        Assert.Matches(@"(?m)^news_feed_reads_total\{[^}]*\} 4\b", metrics);
        Assert.Matches(@"(?m)^news_feed_reads_waiting\{[^}]*\} 1\b", metrics);
    }

    [Theory]
    [InlineData("most-read?window=2h", "window")]
    [InlineData("most-read?window=", "window")]
    [InlineData("trending?window=7d", "window")]
    [InlineData("most-read?limit=0", "limit")]
    [InlineData("most-read?limit=51", "limit")]
    [InlineData("trending?limit=many", "limit")]
    [InlineData("most-read?language=xx", "language")]
    [InlineData("trending?category=gossip", "category")]
    [InlineData("most-read?page=2", "page")]
    public async Task A_parameter_that_cannot_be_read_is_named(string query, string parameter)
    {
        using var answer = await Stack.Reader.GetAsync(new Uri($"api/news/{query}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.NotNull((await answer.Content.ReadFromJsonAsync<JsonNode>())!["errors"]![parameter]);
    }

    static async Task<PublicArticle> PublishedAsync(Stack stack, PublicArticle article)
    {
        await stack.SendAsync(article);
        await stack.LineUntilAsync(
            items => items.Any(item => Stack.Id(item) == article.ArticleId),
            article.Headline,
            $"language={article.Language}&category={article.Category}"
        );
        return article;
    }

    static async Task ReadAsync(Stack stack, params string[] paths)
    {
        foreach (var path in paths)
        {
            (await stack.Reader.GetAsync(new Uri(path, UriKind.Relative))).EnsureSuccessStatusCode().Dispose();
        }
    }

    /// <summary>As if it had been read so often that long ago.</summary>
    static Task CountedAsync(Stack stack, PublicArticle article, params (string Ago, int Reads)[] counts) =>
        stack.ExecuteAsync(
            "Feed",
            "insert into story_reads (bucket, id, reads) values "
                + string.Join(", ", counts.Select(count => $"(now() - interval '{count.Ago}', '{article.ArticleId}', {count.Reads})"))
        );

    static async Task<JsonNode> GetAsync(Stack stack, string query) =>
        (await stack.Reader.GetFromJsonAsync<JsonNode>($"api/news/{query}"))!;

    static Task<JsonNode> RankedAsync(Stack stack, string query, (string Headline, int Reads)[] expected) =>
        Eventually.Get(
            () => GetAsync(stack, query),
            ranking => ranking["items"]!.AsArray().Select(item => (Headline(item), (int)item!["reads"]!)).SequenceEqual(expected),
            $"{query} as {string.Join(", ", expected)}"
        );

    static string Headline(JsonNode? item) => (string)item!["headline"]!;
}
