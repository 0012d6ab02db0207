using System.Net;
using NewsPlatform.TestSupport;
using Npgsql;
using Xunit;

namespace NewsPlatform.Feed.Tests;

/// <summary>A Feed that does one thing of each kind at once.</summary>
public sealed class NarrowFeed(Servers servers) : IAsyncLifetime
{
    public Stack Stack { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Stack = await Stack.StartAsync(
            servers,
            new Dictionary<string, string>
            {
                ["Work__Searches"] = "1",
                ["Work__SearchesWaiting"] = "0",
                ["Work__Others"] = "1",
                ["Work__OthersWaiting"] = "1",
                ["Work__WaitSeconds"] = "1",
                ["Search__TimeoutSeconds"] = "300",
                ["Reads__RankSeconds"] = "3600",
            },
            "Feed"
        );

    public async ValueTask DisposeAsync() => await (Stack?.DisposeAsync() ?? ValueTask.CompletedTask);
}

/// <summary>That much work of one kind is refused, and holds up nothing else.</summary>
public sealed class WorkTests(NarrowFeed service) : IClassFixture<NarrowFeed>
{
    Stack Stack => service.Stack;

    Task<HttpResponseMessage> GetAsync(string path) => Stack.Reader.GetAsync(new Uri(path, UriKind.Relative));

    async Task<HttpStatusCode> StatusAsync(string path)
    {
        using var answer = await GetAsync(path);
        return answer.StatusCode;
    }

    [Fact]
    public async Task Searches_that_are_too_many_are_told_to_come_again_while_everything_else_goes_on()
    {
        await KeptAsync("slow");
        var same = new List<Task<HttpStatusCode>>();
        await using (await HeldAsync("story_text"))
        {
            same.Add(StatusAsync("api/news?q=slow"));
            await WaitingAsync(1);
            same.AddRange(Enumerable.Range(0, 30).Select(_ => StatusAsync("api/news?q=slow")));
            foreach (var path in new[] { "api/news?q=other", "api/news?q=slow&language=en", "api/news/suggestions?q=slow&language=en" })
            {
                using var refused = await GetAsync(path);
                Assert.Equal(
                    (path, HttpStatusCode.ServiceUnavailable, "2"),
                    (path, refused.StatusCode, refused.Headers.RetryAfter?.ToString())
                );
                Assert.Equal("application/problem+json", refused.Content.Headers.ContentType?.MediaType);
            }
            using (var page = await GetAsync("tr/search?q=other"))
            {
                Assert.Equal(
                    (HttpStatusCode.ServiceUnavailable, "2", "no-store"),
                    (page.StatusCode, page.Headers.RetryAfter?.ToString(), page.Headers.CacheControl?.ToString())
                );
                Assert.Contains("Lütfen biraz bekleyin", await page.Content.ReadAsStringAsync(), StringComparison.Ordinal);
            }
            foreach (var path in new[] { "en", "api/news", "api/news?keyword=slow&limit=3", "en/rss.xml", "az/search" })
            {
                Assert.Equal((path, HttpStatusCode.OK), (path, await StatusAsync(path)));
            }
            await Eventually.True(
                async () => await Stack.MetricAsync("Feed", "news_feed_refused_total", "work=\"searches\"") == 4,
                "the metrics"
            );
        }
        Assert.All(await Task.WhenAll(same), status => Assert.Equal(HttpStatusCode.OK, status));
    }

    [Fact]
    public async Task Addresses_that_a_stranger_thinks_up_hold_up_neither_what_is_ready_nor_the_making_of_what_everybody_reads()
    {
        await KeptAsync("held");
        string[] ready = ["en", "en/world", "en/rss.xml"];
        foreach (var path in ready)
        {
            Assert.Equal(HttpStatusCode.OK, await StatusAsync(path));
        }
        Task<HttpStatusCode> first;
        await using (await HeldAsync("story_tag"))
        {
            first = StatusAsync("api/news?keyword=held&limit=7");
            await WaitingAsync(1);
            var second = StatusAsync("api/news?keyword=held&limit=8");
            // Waiting for a second at most, or not at all.
            Assert.Contains(
                HttpStatusCode.ServiceUnavailable,
                await Task.WhenAll(second, StatusAsync("api/news?keyword=held&limit=9"), StatusAsync("api/news?keyword=held&limit=10"))
            );
            foreach (var path in ready.Append("api/news?language=az&category=sport"))
            {
                Assert.Equal((path, HttpStatusCode.OK), (path, await StatusAsync(path)));
            }
            using var story = await GetAsync("en/world/nothing-of-the-kind");
            Assert.Equal(HttpStatusCode.ServiceUnavailable, story.StatusCode);
            Assert.Contains("One moment, please", await story.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        }
        Assert.Equal(HttpStatusCode.OK, await first);
    }

    async Task KeptAsync(string keyword)
    {
        await Stack.SendAsync(Broker.Article($"A story that is {keyword}", keywords: [keyword]));
        await Stack.LineUntilAsync(items => items.Count == 1, "the story", $"keyword={keyword}");
        await Eventually.True(
            async () =>
                (await Stack.QueryAsync("Feed", "select (select count(*) from related_due) + (select count(*) from related_touched)"))[0]
                == "0",
            "nothing is due"
        );
        // Who reads of something new knows of all that was committed before.
        await StatusAsync($"api/news?keyword={Guid.NewGuid():N}");
    }

    /// <summary>Whoever reads the table waits, until this is disposed of.</summary>
    async Task<NpgsqlConnection> HeldAsync(string table)
    {
        var connection = new NpgsqlConnection(
            new NpgsqlConnectionStringBuilder(Stack.ConnectionString("Feed")) { Pooling = false }.ConnectionString
        );
        await connection.OpenAsync();
#pragma warning disable CA2100 // The tests' own words.
        await using var command = new NpgsqlCommand($"begin; lock table {table} in access exclusive mode", connection);
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync();
        return connection;
    }

    Task WaitingAsync(int readers) =>
        Eventually.True(
            async () =>
                (
                    await Stack.QueryAsync(
                        "Feed",
                        "select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
                    )
                )[0] == $"{readers}",
            "the reader waits"
        );
}
