using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using NewsPlatform.Contracts;
using NewsPlatform.Feed.Reads;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Feed.Tests;

/// <summary>That a client counts once in a while.</summary>
public sealed class SeenReadsTests(Servers servers)
{
    sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 11, 24, 6, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }

    [Fact]
    public async Task One_client_moves_no_ranking_however_often_it_asks()
    {
        await using var stack = await Stack.StartAsync(
            servers,
            new Dictionary<string, string>
            {
                ["Reads__FlushSeconds"] = "1",
                ["Reads__RankSeconds"] = "1",
                ["Reads__WindowMinutes"] = "1440",
            },
            "Feed"
        );
        var (pushed, popular, read) = (Broker.Article("Pushed by one"), Broker.Article("Read by three"), Broker.Article("Read by two"));
        await stack.SendAsync(pushed, popular, read);
        await stack.LineUntilAsync(items => items.Count == 3, "the stories");
        using (var pusher = From(9))
        {
            await Parallel.ForEachAsync(Enumerable.Range(0, 400), new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (i, ct) =>
            {
                using var request = new HttpRequestMessage(
                    HttpMethod.Get,
                    i % 2 == 0 ? $"en/world/{pushed.Slug}" : $"api/news/{pushed.ArticleId}"
                );
                request.Headers.TryAddWithoutValidation("User-Agent", $"Somebody else/{i}");
                (await pusher.SendAsync(request, ct)).EnsureSuccessStatusCode().Dispose();
            });
        }
        foreach (var (address, stories) in new[] { (11, new[] { popular, read }), (12, [popular, read]), (13, [popular]) })
        {
            using var reader = From(address);
            foreach (var story in stories)
            {
                (await reader.GetAsync(new Uri($"en/world/{story.Slug}", UriKind.Relative))).EnsureSuccessStatusCode().Dispose();
            }
        }
        (string, int)[] expected = [("Read by three", 3), ("Read by two", 2), ("Pushed by one", 1)];
        await Eventually.Get(
            () => stack.Reader.GetFromJsonAsync<JsonNode>("api/news/most-read?language=en"),
            ranking =>
                ranking!["items"]!.AsArray().Select(item => ((string)item!["headline"]!, (int)item["reads"]!)).SequenceEqual(expected),
            "the ranking"
        );
        await Eventually.True(
            async () =>
                await stack.MetricAsync("Feed", "news_feed_reads_repeated_total") == 399
                && await stack.MetricAsync("Feed", "news_feed_reads_total") == 6,
            "the metrics"
        );

        HttpClient From(int number) => Elsewhere.Client(new IPAddress([127, 0, 0, (byte)number]), stack.Reader.BaseAddress!);
    }

    [Fact]
    public void A_client_counts_again_in_the_next_window_and_each_for_itself()
    {
        var clock = new Clock();
        var (seen, one, other) = (new SeenReads(new() { PerClient = 2 }, clock), Guid.NewGuid(), Guid.NewGuid());
        Assert.Equal([true, true, false, false], Enumerable.Range(0, 4).Select(_ => seen.TryCount("192.0.2.1", one)));
        Assert.True(seen.TryCount("192.0.2.1", other));
        Assert.True(seen.TryCount("192.0.2.2", one));
        clock.Now = clock.Now.AddMinutes(59);
        Assert.False(seen.TryCount("192.0.2.1", one));
        clock.Now = clock.Now.AddMinutes(1);
        Assert.Equal([true, true, false], Enumerable.Range(0, 3).Select(_ => seen.TryCount("192.0.2.1", one)));
    }

    [Fact]
    public void A_client_that_goes_through_all_stories_gives_only_so_many_reads()
    {
        var seen = new SeenReads(new() { PerClientOfAll = 5 }, new Clock());
        Assert.Equal(5, Enumerable.Range(0, 1000).Count(_ => seen.TryCount("192.0.2.1", Guid.NewGuid())));
        Assert.True(seen.TryCount("192.0.2.2", Guid.NewGuid()));
    }

    [Fact]
    public void When_there_is_no_more_room_reads_are_left_out_and_none_is_counted_twice()
    {
        var seen = new SeenReads(new() { SeenMegabytes = 1, PerClientOfAll = 1_000_000 }, new Clock());
        var first = Enumerable.Range(0, 1000).Select(_ => Guid.NewGuid()).ToArray();
        var counted = first.Count(story => seen.TryCount("192.0.2.1", story));
        Assert.InRange(counted, 950, 1000);
        // Three quarters of a megabyte, eight bits a read.
        const int room = 3 * 1_048_576 / 4;
        for (var client = 0; counted < room && client < 2 * room; client++)
        {
            counted += seen.TryCount($"client {client}", Guid.NewGuid()) ? 1 : 0;
        }
        Assert.Equal(room, counted);
        Assert.False(seen.TryCount("192.0.2.3", Guid.NewGuid()));
        Assert.DoesNotContain(first, story => seen.TryCount("192.0.2.1", story));
    }

    [Fact]
    public async Task Of_those_who_ask_at_once_one_counts()
    {
        var (seen, stories) = (new SeenReads(new() { PerClientOfAll = 1_000_000 }, new Clock()), 20_000);
        var counted = new int[stories];
        using var together = new Barrier(4);
        await Task.WhenAll(
            Enumerable
                .Range(0, together.ParticipantCount)
                .Select(_ =>
                    Task.Factory.StartNew(
                        () =>
                        {
                            for (var story = 0; story < stories; story++)
                            {
                                if (story % 100 == 0)
                                {
                                    together.SignalAndWait();
                                }
                                if (seen.TryCount("192.0.2.1", new Guid(story, 0, 0, new byte[8])))
                                {
                                    Interlocked.Increment(ref counted[story]);
                                }
                            }
                        },
                        TaskCreationOptions.LongRunning
                    )
                )
        );
        Assert.DoesNotContain(counted, times => times > 1);
    }
}
