using System.Collections.Concurrent;
using System.Text;
using NewsPlatform.Client;
using NewsPlatform.Contracts;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Platform.Tests;

/// <summary>A crowd that listens through a bad night.</summary>
[Collection(StoppedServers.Name)]
public sealed class WireTests(Servers servers)
{
    const int Subscribers = 2_000;
    const int Bulletins = 1_000;

    [Fact]
    public async Task Two_thousand_subscribers_have_every_bulletin_once_and_in_order_although_Notifications_and_RabbitMQ_are_restarted()
    {
        await using var stack = await Stack.StartAsync(
            servers,
            new Dictionary<string, string> { ["Stream__RetryMilliseconds"] = "1000" },
            "Notifications"
        );
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = Subscribers })
        {
            BaseAddress = stack.Reader.BaseAddress,
            Timeout = Timeout.InfiniteTimeSpan,
        };
        using var stop = new CancellationTokenSource();
        var crowd = Enumerable.Range(0, Subscribers).Select(_ => new One(client)).ToArray();
        var listening = crowd.Select(one => one.ListenAsync(stop.Token)).ToArray();
        await Eventually.Get(
            () => Task.FromResult(crowd.Count(one => one.IsIn)),
            listening => listening == Subscribers,
            "everybody listens"
        );

        var articles = Enumerable.Range(0, Bulletins).Select(i => Broker.Article($"Crowd {i}")).ToArray();
        await SendAsync(stack, articles[..300]);
        await stack["Notifications"].KillAsync();
        await SendAsync(stack, articles[300..400]);
        stack["Notifications"].Start();
        await stack["Notifications"].ReadyAsync();
        await SendAsync(stack, articles[400..600]);
        await servers.StopRabbitAsync();
        await servers.StartRabbitAsync();
        await SendAsync(stack, articles[600..800]);
        await stack["Notifications"].StopAsync();
        stack["Notifications"].Start();
        await stack["Notifications"].ReadyAsync();
        await SendAsync(stack, articles[800..]);

        await UntilAsync(crowd, one => one.Count >= Bulletins, "everybody has everything");
        await stop.CancelAsync();
        await Task.WhenAll(listening);
        var order = articles.Select(article => article.ArticleId).ToArray();
        // What each of them had, in the order in which it came; a message that the broker had twice is a bulletin once.
        Assert.All(crowd, one => Assert.Equal((Bulletins, true), (one.Count, one.Had.SequenceEqual(order))));
    }

    /// <summary>However long it takes, as long as somebody gets something.</summary>
    static async Task UntilAsync(One[] crowd, Func<One, bool> such, string what)
    {
        while (!crowd.All(such))
        {
            var before = crowd.Sum(one => one.Count);
            await Eventually.True(() => Task.FromResult(crowd.All(such) || crowd.Sum(one => one.Count) > before), what);
        }
    }

    /// <summary>As the relay does it: what was not confirmed is sent again, and whatever stands behind it only then.</summary>
    static async Task SendAsync(Stack stack, PublicArticle[] articles)
    {
        foreach (var some in articles.Chunk(50))
        {
            await Eventually.True(
                async () =>
                {
                    try
                    {
                        await stack.SendAsync(some);
                        return true;
                    }
                    catch (Exception away) when (away is RabbitMQ.Client.Exceptions.RabbitMQClientException or IOException)
                    {
                        return false;
                    }
                },
                "the broker takes them"
            );
        }
    }

    /// <summary>One of the crowd, by the platform's own client; of each bulletin it reads nothing but whose it is.</summary>
    sealed class One(HttpClient client)
    {
        static readonly byte[] id = Encoding.UTF8.GetBytes("\"article\":{\"id\":\"");
        readonly NewsStream stream = new(client, new() { FirstDelay = TimeSpan.FromSeconds(1), LongestDelay = TimeSpan.FromSeconds(10) });
        readonly ConcurrentQueue<Guid> had = new();

        public bool IsIn => stream.Position is not null;
        public int Count => had.Count;
        public IEnumerable<Guid> Had => had;

        public async Task ListenAsync(CancellationToken ct)
        {
            try
            {
                await foreach (
                    var one in stream.ReadAsync(
                        (_, data) => Guid.ParseExact(Encoding.ASCII.GetString(data.Slice(data.IndexOf(id) + id.Length, 36)), "D"),
                        ct
                    )
                )
                {
                    had.Enqueue(one.Data);
                }
            }
            catch (OperationCanceledException) when (ct.IsCancellationRequested) { }
        }
    }
}
