using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
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
            new Dictionary<string, string> { ["Reads__FlushSeconds"] = "1", ["Reads__RankSeconds"] = "1" },
            "Feed"
        );
        var (pushed, popular, read) = (Broker.Article("Pushed by one"), Broker.Article("Read by three"), Broker.Article("Read by two"));
        await stack.SendAsync(pushed, popular, read);
        await stack.LineUntilAsync(items => items.Count == 3, "the stories");
        using (var pusher = From("127.0.0.9", stack))
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
        foreach (
            var (address, stories) in new[]
            {
                ("127.0.0.11", new[] { popular, read }),
                ("127.0.0.12", [popular, read]),
                ("127.0.0.13", [popular]),
            }
        )
        {
            using var reader = From(address, stack);
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

    /// <summary>A client with an address of its own.</summary>
    static HttpClient From(string address, Stack stack) =>
        new(
            new SocketsHttpHandler
            {
                ConnectCallback = async (context, ct) =>
                {
                    var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                    socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
                    await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, ct);
                    return new NetworkStream(socket, ownsSocket: true);
                },
            }
        )
        {
            BaseAddress = stack.Reader.BaseAddress,
        };
}
