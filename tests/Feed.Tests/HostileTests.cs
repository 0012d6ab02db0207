using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using NewsPlatform.Contracts;
using NewsPlatform.Feed.Lines;
using NewsPlatform.ServiceDefaults;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Feed.Tests;

/// <summary>A Feed with little memory, whose rankings stay as they are.</summary>
public sealed class SmallFeed(Servers servers) : IAsyncLifetime
{
    public const int Megabytes = 8;

    public Stack Stack { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Stack = await Stack.StartAsync(
            servers,
            new Dictionary<string, string> { ["Ready__MaxMegabytes"] = $"{Megabytes}", ["Reads__RankSeconds"] = "3600" },
            "Feed"
        );

    public async ValueTask DisposeAsync() => await (Stack?.DisposeAsync() ?? ValueTask.CompletedTask);
}

/// <summary>What strangers write into addresses, and that it takes neither memory nor what is ready from anybody.</summary>
public sealed class HostileTests(SmallFeed service, Servers servers) : IClassFixture<SmallFeed>
{
    Stack Stack => service.Stack;

    Task<double> MetricAsync(string name, string label = "") => Stack.MetricAsync("Feed", name, label);

    Task<double> MadeAsync() => MetricAsync("news_feed_answers_total", "how=\"made\"");

    /// <summary>Ready, or confirmed where something else of the language had changed meanwhile.</summary>
    async Task<double> FoundAsync() => await ReadyAsync() + await MetricAsync("news_feed_answers_total", "how=\"confirmed\"");

    Task<double> ReadyAsync() => MetricAsync("news_feed_answers_total", "how=\"ready\"");

    /// <summary>
    /// Metrics are told anew a few times a second; returns when they tell of what was done before, as memory that is taken all the time
    /// tells.
    /// </summary>
    async Task SettledAsync()
    {
        var before = await MetricAsync("dotnet_gc_heap_total_allocated");
        await Eventually.True(async () => await MetricAsync("dotnet_gc_heap_total_allocated") > before, "newer metrics");
    }

    async Task<(HttpStatusCode Status, string? Tag)> GetAsync(string path)
    {
        using var answer = await Stack.Reader.GetAsync(new Uri(path, UriKind.Relative));
        return (answer.StatusCode, answer.Headers.ETag?.ToString());
    }

    /// <summary>A memory that other tests have filled makes room first, and the answer that showed it to be full is not kept.</summary>
    Task KeptAsync(string path) =>
        Eventually.True(
            async () =>
            {
                await SettledAsync();
                var ready = await ReadyAsync();
                await GetAsync(path);
                await SettledAsync();
                return await ReadyAsync() > ready;
            },
            $"{path} is kept"
        );

    async Task<PublicArticle> StoryAsync()
    {
        var article = Broker.Article("Hot", keywords: ["hot"]);
        await Stack.SendAsync(article);
        await Stack.LineUntilAsync(items => items.Any(item => Stack.Id(item) == article.ArticleId), "the story");
        await Eventually.True(
            async () =>
                (await Stack.QueryAsync("Feed", "select (select count(*) from related_due) + (select count(*) from related_touched)"))[0]
                == "0",
            "nothing is due"
        );
        // Who reads of something new knows of all that was committed before.
        await GetAsync($"api/news?keyword={Guid.NewGuid():N}");
        return article;
    }

    [Fact]
    public async Task However_an_address_is_spelt_and_whatever_stands_beside_it_is_one_answer()
    {
        var article = await StoryAsync();
        var unread = $"q={new string('x', 200_000)}";
        string[][] same =
        [
            ["en", "en?utm_source=x", $"en?{unread}", "en?after=a&before=b"],
            ["en/world", "en/world?after=nonsense", "en/world?_=1&before=%00", $"en/world?{unread}&after={new string('y', 20_000)}"],
            [$"en/world/{article.Slug}", $"en/world/{article.Slug}?{unread}"],
            ["en/rss.xml", "en/rss.xml?_=1", $"en/rss.xml?{unread}", "en/rss.xml?fbclid=1&utm_source=a&utm_source=b"],
            ["en/atom.xml?keyword=hot&breaking=true", "en/atom.xml?x=y&breaking=true&keyword=hot"],
            ["sitemap.xml", $"sitemap.xml?{unread}"],
            ["api/news?language=en&category=world", "api/news?category=world&language=en&limit=40", "API/News?category=world&language=en"],
            ["api/news?since=2026-11-24T10:00:00.5Z", "api/news?since=2026-11-24T14:00:00.500000000%2B04:00"],
            [
                $"api/news/{article.ArticleId}",
                $"api/news/{article.ArticleId:N}",
                $"api/news/{article.ArticleId:B}",
                $"api/news/{article.ArticleId.ToString().ToUpperInvariant()}",
            ],
        ];
        foreach (var spellings in same)
        {
            var first = await GetAsync(spellings[0]);
            Assert.Equal(HttpStatusCode.OK, first.Status);
            await KeptAsync(spellings[0]);
            var (made, kept, found) = (await MadeAsync(), await MetricAsync("news_feed_ready_entries"), await FoundAsync());
            foreach (var spelling in spellings[1..])
            {
                Assert.Equal(
                    (spelling[..Math.Min(spelling.Length, 60)], first),
                    (spelling[..Math.Min(spelling.Length, 60)], await GetAsync(spelling))
                );
            }
            await SettledAsync();
            Assert.Equal(
                (made, kept, found + spellings.Length - 1),
                (await MadeAsync(), await MetricAsync("news_feed_ready_entries"), await FoundAsync())
            );
        }
    }

    [Fact]
    public async Task What_is_not_there_and_what_is_searched_for_is_not_kept()
    {
        await StoryAsync();
        await SettledAsync();
        var (entries, bytes) = (await MetricAsync("news_feed_ready_entries"), await MetricAsync("news_feed_ready_bytes"));
        for (var i = 0; i < 10; i++)
        {
            foreach (
                var (path, status) in new[]
                {
                    ($"en/world/invented-{i}", 404),
                    ($"en/world/{i}{new string('x', 100_000)}", 404),
                    ($"api/news/{Guid.NewGuid()}", 404),
                    ($"api/news/{Guid.NewGuid()}/ninjs", 404),
                    ($"sitemaps/20{i + 10}-01.xml", 404),
                    ($"en/search?q=hot{i}", 200),
                    ($"en/search?q=hot{i}{new string('x', 100_000)}", 400),
                    ($"api/news?q=hot{i}", 200),
                    ($"en/rss.xml?archive=2020-01-01.{i + 1}", 404),
                    ($"pictures/world/{Guid.NewGuid()}.svg", 200),
                }
            )
            {
                Assert.Equal((path, (HttpStatusCode)status), (path, (await GetAsync(path)).Status));
            }
        }
        await SettledAsync();
        Assert.Equal((entries, bytes), (await MetricAsync("news_feed_ready_entries"), await MetricAsync("news_feed_ready_bytes")));
    }

    [Fact]
    public async Task Thousands_of_addresses_stay_within_the_memory_and_what_everybody_reads_stays_ready()
    {
        await StoryAsync();
        string[] hot = ["en", "en/world", "en/rss.xml", "api/news?language=en", "api/news"];
        foreach (var path in hot)
        {
            Assert.Equal(HttpStatusCode.OK, (await GetAsync(path)).Status);
        }
        var (line, plain) = (new Line("en", "world"), new Line("en"));
        await SettledAsync();
        var before = await MadeAsync();
        var statuses = new System.Collections.Concurrent.ConcurrentBag<HttpStatusCode>();
        await Parallel.ForEachAsync(Enumerable.Range(0, 1200), new ParallelOptions { MaxDegreeOfParallelism = 6 }, async (i, ct) =>
        {
            var cursor = new Cursor(new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero).AddSeconds(i), Guid.NewGuid());
            var word = $"{i}{new string('k', 190)}";
            foreach (
                var path in new[]
                {
                    $"en/world?after={cursor.Encode(line.Name)}",
                    $"api/news?language=en&before={cursor.Encode(plain.Name)}",
                    $"api/news?keyword={word}&author={word}",
                    $"en/rss.xml?author={word}",
                    $"api/news?language=en&limit={i % 200 + 1}&since=2026-01-01T00:00:00.{i:0000}Z",
                }
            )
            {
                statuses.Add((await GetAsync(path)).Status);
            }
        });
        Assert.All(statuses, status => Assert.Equal(HttpStatusCode.OK, status));
        await SettledAsync();
        Assert.Equal(before + statuses.Count, await MadeAsync());
        const double half = SmallFeed.Megabytes * 1_048_576 / 2;
        Assert.InRange(await MetricAsync("news_feed_ready_bytes", "of=\"heads\""), 1, half);
        Assert.InRange(await MetricAsync("news_feed_ready_bytes", "of=\"others\""), 1, half);
        Assert.InRange(await MetricAsync("news_feed_ready_entries", "of=\"others\""), 1, statuses.Count / 2);
        await SettledAsync();
        var (made, ready) = (await MadeAsync(), await ReadyAsync());
        foreach (var path in hot)
        {
            Assert.Equal(HttpStatusCode.OK, (await GetAsync(path)).Status);
        }
        await SettledAsync();
        Assert.Equal(ready + hot.Length, await ReadyAsync());
        Assert.Equal(made, await MadeAsync());
    }

    [Theory]
    [InlineData("api/news?since=0001-01-01T00:00:00%2B14:00")]
    [InlineData("api/news?since=9999-12-31T23:59:59-14:00")]
    [InlineData("api/news?since=2026-11-24T10:00:00.123456789")]
    [InlineData("api/news?limit=99999999999999999999")]
    [InlineData("api/news?limit=-1")]
    [InlineData("api/news?language=EN")]
    [InlineData("api/news?category=WORLD")]
    [InlineData("api/news?category=%00")]
    [InlineData("api/news?keyword=%00")]
    [InlineData("api/news?q=%00")]
    [InlineData("api/news?_=1")]
    [InlineData("api/news/ninjs?utm_source=x")]
    [InlineData("api/categories?utm_source=x")]
    [InlineData("en/rss.xml?archive=9999-12-31.1")]
    [InlineData("en/rss.xml?archive=0000-00-00.1")]
    [InlineData("en/rss.xml?archive=2026-11-24.1000001")]
    [InlineData("en/rss.xml?keyword=a&keyword=b")]
    public async Task What_cannot_be_read_is_refused_with_its_name(string path)
    {
        using var answer = await Stack.Reader.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.NotNull((await answer.Content.ReadFromJsonAsync<JsonNode>())!["errors"]![path.Split('?')[1].Split('=')[0]]);
    }

    [Theory]
    [InlineData("api/news?since=0001-01-01T00:00:00Z", 200)]
    [InlineData("api/news?since=9999-12-31T23:59:59.9999999Z", 200)]
    [InlineData("api/news?since=2026-11-29T10:00:00.123456789Z", 200)]
    [InlineData("api/news?since=2026-11-29T10:00:00.12345678901234567890%2B04:00", 200)]
    [InlineData("api/news?keyword=%ED%A0%80", 200)]
    [InlineData("api/news?q=%ED%A0%80a", 200)]
    [InlineData("en/rss.xml?archive=0001-01-01.1", 404)]
    [InlineData("en/rss.xml?archive=9999-12-30.1", 404)]
    [InlineData("sitemaps/9999-12.xml", 404)]
    [InlineData("sitemaps/0001-01-10000.xml", 404)]
    [InlineData("EN", 404)]
    [InlineData("en/WORLD", 404)]
    [InlineData("en/world/%ED%A0%80", 404)]
    [InlineData("en/world/%01", 404)]
    [InlineData("en?after=%00&before=%ED%A0%80", 200)]
    public async Task What_is_odd_is_answered_and_is_no_fault_of_the_service(string path, int status) =>
        Assert.Equal((HttpStatusCode)status, (await GetAsync(path)).Status);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public async Task A_cursor_of_an_absurd_time_is_a_place_like_any_other(int end)
    {
        var at = end == 0 ? DateTimeOffset.MinValue : DateTimeOffset.MaxValue;
        foreach (var id in new[] { Guid.Empty, Guid.AllBitsSet })
        {
            var (line, search) = (
                new Cursor(at, id).Encode(new Line("en").Name),
                new Cursor(at, id).Encode(string.Join('\n', "search", new Line("en").Name, null, "hot"))
            );
            foreach (
                var path in new[]
                {
                    $"api/news?language=en&after={line}",
                    $"api/news?language=en&before={line}",
                    $"en/rss.xml?after={line}",
                    $"en/all?after={line}",
                    $"api/news?language=en&q=hot&after={search}.{search}.{search}",
                }
            )
            {
                Assert.Equal((path, HttpStatusCode.OK), (path, (await GetAsync(path)).Status));
            }
        }
        Assert.DoesNotContain(Stack["Feed"].Output, line => line.Contains("\"Exception\":", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_nobody_asks_for_any_more_leaves_the_memory()
    {
        await using var stack = await Stack.StartAsync(servers, new Dictionary<string, string> { ["Ready__KeepSeconds"] = "1" }, "Feed");
        (await stack.Reader.GetAsync(new Uri("api/news?keyword=once", UriKind.Relative))).EnsureSuccessStatusCode().Dispose();
        await Eventually.True(
            async () =>
                await stack.MetricAsync("Feed", "news_feed_ready_entries") == 0
                && await stack.MetricAsync("Feed", "news_feed_ready_bytes") == 0,
            "nothing is kept"
        );
        Assert.Equal(1, await stack.MetricAsync("Feed", "news_feed_answers_total", "how=\"made\""));
    }
}
