using System.Net;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using CsCheck;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.Notifications.Stream;
using NewsPlatform.ServiceDefaults;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Notifications.Tests;

/// <summary>What connections hold is counted, bounded, and given back to the byte.</summary>
public sealed class StreamMemoryTests(Servers servers)
{
    static readonly CancellationToken ct = TestContext.Current.CancellationToken;
    static readonly PortalOptions portal = new() { Languages = ["en"] };

    static string[] Long(int from) => [.. Enumerable.Range(from, 45).Select(i => $"keyword:{new string('k', 270)}{i:D6}")];

    Task<Stack> StartAsync(params (string Name, string Value)[] settings) =>
        Stack.StartAsync(
            servers,
            new Dictionary<string, string>(settings.Select(s => KeyValuePair.Create(s.Name, s.Value))),
            "Notifications"
        );

    static async Task<ClientWebSocket> OpenAsync(Stack stack)
    {
        var socket = new ClientWebSocket();
        await socket.ConnectAsync(new($"ws://127.0.0.1:{stack.Reader.BaseAddress!.Port}/api/stream/ws"), ct);
        return socket;
    }

    static Task TellAsync(ClientWebSocket socket, object message) =>
        socket.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message), WebSocketMessageType.Text, true, ct);

    /// <summary>The next message that is no heartbeat; null when the server closes.</summary>
    static async Task<JsonNode?> HearAsync(ClientWebSocket socket)
    {
        var buffer = new byte[65_536];
        while (true)
        {
            var received = await socket.ReceiveAsync(buffer, ct);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return null;
            }
            if (JsonNode.Parse(Encoding.UTF8.GetString(buffer, 0, received.Count))! is var said && (string)said["type"]! != "heartbeat")
            {
                return said;
            }
        }
    }

    static async Task<JsonNode?> AskAsync(ClientWebSocket socket, object message)
    {
        await TellAsync(socket, message);
        return await HearAsync(socket);
    }

    static Task<double> HeldAsync(Stack stack) => stack.MetricAsync("Notifications", "news_stream_held_bytes");

    static Task NothingHeldAsync(Stack stack) =>
        Eventually.True(
            async () =>
                await HeldAsync(stack) == 0
                && await stack.MetricAsync("Notifications", "news_stream_held_client_bytes") == 0
                && await stack.MetricAsync("Notifications", "news_stream_groups") == 0
                && await stack.MetricAsync("Notifications", "news_stream_subscribers{") == 0,
            "nothing is held any more"
        );

    [Fact]
    public async Task A_connection_s_topics_are_bounded_in_bytes_and_a_subscription_that_is_too_much_leaves_nothing_behind()
    {
        await using var stack = await StartAsync(("Stream__MaxKilobytesPerConnection", "128"));
        using var socket = await OpenAsync(stack);
        var (taken, refused) = (new List<string>(), new List<JsonNode>());
        for (var i = 0; i < 15; i++)
        {
            var said = (
                await AskAsync(
                    socket,
                    new
                    {
                        type = "subscribe",
                        id = $"{i}",
                        topics = Long(i * 100),
                    }
                )
            )!;
            if ((string)said["type"]! == "subscribed")
            {
                taken.Add((string)said["id"]!);
            }
            else
            {
                refused.Add(said);
            }
        }
        // 45 topics of 284 characters are 30 kB in memory, and three subscriptions of them fit.
        Assert.InRange(taken.Count, 2, 4);
        Assert.All(refused, said =>
            Assert.Equal(
                ("error", 429, "urn:newsplatform:problem:too-many-requests"),
                ((string)said["type"]!, (int)said["problem"]!["status"]!, (string)said["problem"]!["type"]!)
            )
        );
        Assert.InRange(await HeldAsync(stack), 60_000, 128 * 1024);
        Assert.Equal(taken.Count, await stack.MetricAsync("Notifications", "news_stream_groups"));
        Assert.Equal("unsubscribed", (string)(await AskAsync(socket, new { type = "unsubscribe", id = taken[0] }))!["type"]!);
        Assert.Equal(
            "subscribed",
            (string)
                (
                    await AskAsync(
                        socket,
                        new
                        {
                            type = "subscribe",
                            id = "again",
                            topics = Long(90_000),
                        }
                    )
                )!["type"]!
        );
        await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", ct);
        await NothingHeldAsync(stack);
    }

    [Fact]
    public async Task A_client_and_an_instance_hold_no_more_than_they_may_and_others_keep_their_part()
    {
        await using var stack = await StartAsync(("Stream__MaxKilobytesPerClient", "256"), ("Stream__MaxMegabytes", "1"));
        using var first = await OpenAsync(stack);
        for (var i = 0; i < 4; i++)
        {
            Assert.Equal(
                "subscribed",
                (string)
                    (
                        await AskAsync(
                            first,
                            new
                            {
                                type = "subscribe",
                                id = $"{i}",
                                topics = Long(i * 100),
                            }
                        )
                    )!["type"]!
            );
        }
        using var second = await OpenAsync(stack);
        JsonNode? refused = null;
        for (var i = 0; i < 10 && refused is null; i++)
        {
            var said = (
                await AskAsync(
                    second,
                    new
                    {
                        type = "subscribe",
                        id = $"{i}",
                        topics = Long(i * 100 + 50_000),
                    }
                )
            )!;
            refused = (string)said["type"]! == "error" ? said : null;
        }
        Assert.Equal(429, (int)refused!["problem"]!["status"]!);

        // Other clients have room until the instance is full, and then nobody has.
        var others = new List<HttpResponseMessage>();
        do
        {
            var request = new HttpRequestMessage(
                HttpMethod.Get,
                $"api/stream?topic={string.Join("&topic=", Long(others.Count * 100 + 200_000))}"
            );
            request.Headers.Add("X-Forwarded-For", $"203.0.113.{others.Count}");
            others.Add(await stack.Reader.SendAsync(request, HttpCompletionOption.ResponseHeadersRead));
        } while (others[^1].IsSuccessStatusCode && others.Count < 200);
        Assert.Equal(
            (HttpStatusCode.ServiceUnavailable, "application/problem+json"),
            (others[^1].StatusCode, others[^1].Content.Headers.ContentType!.MediaType)
        );
        Assert.NotNull(others[^1].Headers.RetryAfter);
        Assert.InRange(others.Count, 10, 30);
        Assert.InRange(await HeldAsync(stack), 900_000, 1 << 20);
        Assert.True(await stack.MetricAsync("Notifications", "news_stream_rejected_total", "bytes") >= 2);
        others.ForEach(one => one.Dispose());
        first.Abort();
        second.Abort();
        await NothingHeldAsync(stack);
    }

    [Fact]
    public async Task Thousands_who_come_subscribe_and_go_in_whatever_way_leave_nothing_behind()
    {
        await using var stack = await StartAsync(("Stream__MaxMessagesPerSecond", "10000"));
        await stack.SendAsync([.. Enumerable.Range(0, 50).Select(i => Broker.Article($"{i}"))]);
        await Eventually.True(async () => await stack.MetricAsync("Notifications", "news_stream_position") == 50, "the log");
        await Parallel.ForEachAsync(
            Enumerable.Range(0, 400),
            new ParallelOptions { MaxDegreeOfParallelism = 16, CancellationToken = ct },
            async (i, _) =>
            {
                if (i % 4 == 0)
                {
                    using var stream = await stack.Reader.GetAsync(
                        new Uri($"api/stream?topic=keyword:{i % 7}&lastEventId={(i % 8 == 0 ? "earliest" : "3")}", UriKind.Relative),
                        HttpCompletionOption.ResponseHeadersRead,
                        ct
                    );
                    Assert.Equal(HttpStatusCode.OK, stream.StatusCode);
                    return;
                }
                using var socket = await OpenAsync(stack);
                for (var s = 0; s < 8; s++)
                {
                    await TellAsync(
                        socket,
                        new
                        {
                            type = "subscribe",
                            id = $"{s}",
                            topics = new[] { $"keyword:{i * s % 11}", "breaking" },
                            after = s % 3 == 0 ? (object)"earliest"
                            : s % 3 == 1 ? 10
                            : null,
                        }
                    );
                    await TellAsync(
                        socket,
                        new
                        {
                            type = "subscribe",
                            id = "bad",
                            topics = new[] { "nonsense" },
                        }
                    );
                    if (s % 2 == 0)
                    {
                        await TellAsync(socket, new { type = "unsubscribe", id = $"{s}" });
                    }
                }
                if (i % 3 == 0)
                {
                    await TellAsync(socket, new { type = "ping", id = "end" });
                    while (await HearAsync(socket) is { } said && (string?)said["type"] != "pong") { }
                    await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, "", ct);
                }
                else
                {
                    socket.Abort();
                }
            }
        );
        await NothingHeldAsync(stack);
    }

    [Fact]
    public async Task What_a_client_has_begun_to_say_and_not_ended_is_held_for_it()
    {
        await using var stack = await StartAsync(("Stream__MaxKilobytesPerClient", "64"));
        using var socket = await OpenAsync(stack);
        await Eventually.True(async () => await HeldAsync(stack) == StreamMemory.Connection, "a quiet connection");
        await socket.SendAsync(
            new byte[10_000]
                .Select(_ => (byte)' ')
                .ToArray(),
            WebSocketMessageType.Text,
            endOfMessage: false,
            ct
        );
        await Eventually.True(async () => await HeldAsync(stack) > StreamMemory.Connection + 9_000, "what was begun is held");
        socket.Abort();
        await NothingHeldAsync(stack);
    }

    [Fact]
    public async Task An_id_is_as_long_as_the_protocol_says_and_no_longer_one_is_said_back()
    {
        await using var stack = await StartAsync();
        using var socket = await OpenAsync(stack);
        var (fits, longer) = (new string('i', 64), new string('i', 65));
        Assert.Equal(
            ("pong", fits),
            await AskAsync(socket, new { type = "ping", id = fits }) is { } pong ? ((string)pong["type"]!, (string)pong["id"]!) : default
        );
        foreach (var type in new[] { "ping", "subscribe", "unsubscribe", "shout" })
        {
            var said = (await AskAsync(socket, new { type, id = longer }))!;
            Assert.Equal(("error", 400, null), ((string)said["type"]!, (int)said["problem"]!["status"]!, said["id"]));
        }
    }

    [Fact]
    public void Whatever_subscribers_do_the_count_is_what_they_hold_and_nothing_is_left_when_they_have_gone()
    {
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 3], Gen.Bool)
            .List[1, 200]
            .Sample(
                acts =>
                {
                    var options = new StreamOptions
                    {
                        MaxKilobytesPerConnection = 64,
                        MaxKilobytesPerClient = 96,
                        MaxMegabytes = 1,
                    };
                    var (memory, broadcaster) = (new StreamMemory(options), new Broadcaster());
                    var connections = Enumerable
                        .Range(0, 4)
                        .Select(i => new Connection("sse", null, $"client {i / 2}", long.MaxValue))
                        .ToArray();
                    var listening = new List<(Stream.Subscriber Subscriber, int Bytes)>();
                    foreach (var (act, who, joins) in acts)
                    {
                        if (act > 1)
                        {
                            var topics = Topics.Parse([$"keyword:{new string('x', 1 + act * 50)}", "breaking"], portal);
                            if (memory.TryTake(connections[who], topics.Bytes))
                            {
                                var subscriber = new Stream.Subscriber(topics, connections[who], 10);
                                broadcaster.Admit(subscriber);
                                Assert.Same(
                                    listening.FirstOrDefault(one => one.Subscriber.Topics.Key == topics.Key).Subscriber?.Topics ?? topics,
                                    subscriber.Topics
                                );
                                if (joins)
                                {
                                    broadcaster.Join(subscriber);
                                }
                                listening.Add((subscriber, topics.Bytes));
                            }
                        }
                        else if (
                            listening.FirstOrDefault(one => one.Subscriber.Connection == connections[who]) is
                            { Subscriber: not null } leaves
                        )
                        {
                            broadcaster.Leave(leaves.Subscriber);
                            broadcaster.Leave(leaves.Subscriber);
                            memory.Return(leaves.Subscriber.Connection, leaves.Bytes);
                            listening.Remove(leaves);
                        }
                        Assert.Equal(listening.Sum(one => one.Bytes), memory.Held);
                        Assert.All(connections, connection => Assert.InRange(connection.Held, 0, 64 << 10));
                        Assert.Equal(listening.Select(one => one.Subscriber.Topics.Key).Distinct().Count(), broadcaster.Groups);
                    }
                    listening.ForEach(one => broadcaster.Leave(one.Subscriber));
                    foreach (var connection in connections)
                    {
                        memory.ReturnAll(connection);
                    }
                    Assert.Equal((0, 0, 0, 0), (memory.Held, memory.Clients, broadcaster.Groups, broadcaster.IndexTerms));
                },
                iter: 300
            );
    }
}
