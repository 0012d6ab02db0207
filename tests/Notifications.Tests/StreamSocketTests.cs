using System.Text.Json.Nodes;
using NewsPlatform.Contracts;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Notifications.Tests;

/// <summary>The protocol over WebSocket, spoken by npm's ws.</summary>
public sealed class StreamSocketTests(NotificationsService service) : IClassFixture<NotificationsService>
{
    Stack Stack => service.Stack;

    static Script Open(Stack stack, params string[] origin)
    {
        Assert.SkipWhen(Node.Missing is not null, Node.Missing ?? "");
        return Script.Start(["websocket.js", $"ws://127.0.0.1:{stack.Reader.BaseAddress!.Port}/api/stream/ws", .. origin]);
    }

    static bool Is(JsonNode said, string type, string? id = null) =>
        (string?)said["type"] == type && (id is null || (string?)said["id"] == id);

    static IEnumerable<string> Headlines(IEnumerable<JsonNode> said, string id) =>
        said.Where(s => Is(s, "bulletin", id)).Select(s => (string)s["bulletin"]!["article"]!["headline"]!);

    [Fact]
    public async Task Several_subscriptions_of_one_connection_are_each_told_what_they_asked_for_in_order()
    {
        await using var socket = Open(Stack);
        await socket.TellAsync(
            new
            {
                type = "subscribe",
                id = "a",
                topics = new[] { "keyword:socket-a", "keyword:socket-c" },
            }
        );
        await socket.TellAsync(
            new
            {
                type = "subscribe",
                id = "b",
                topics = new[] { "keyword:socket-b,language:en" },
            }
        );
        await socket.FirstAsync(s => Is(s, "subscribed", "b"), "both subscriptions");
        await Stack.SendAsync(
            Broker.Article("1", keywords: ["socket-a"]),
            Broker.Article("2", keywords: ["socket-b"]),
            Broker.Article("3", keywords: ["socket-b", "socket-c"]),
            Broker.Article("4", keywords: ["socket-a", "socket-b"])
        );
        var said = await socket.UntilAsync(s => s.Count(one => Is(one, "bulletin")) == 6, "what each asked for");
        Assert.Equal(["1", "3", "4"], Headlines(said, "a"));
        Assert.Equal(["2", "3", "4"], Headlines(said, "b"));

        await socket.TellAsync(new { type = "unsubscribe", id = "b" });
        await socket.FirstAsync(s => Is(s, "unsubscribed", "b"), "the end of one");
        await Stack.SendAsync(Broker.Article("5", keywords: ["socket-a", "socket-b"]));
        said = await socket.UntilAsync(s => Headlines(s, "a").Contains("5"), "what the other one is told");
        Assert.DoesNotContain("5", Headlines(said, "b"));
    }

    [Fact]
    public async Task A_subscription_resumes_after_a_position_and_goes_on_live()
    {
        await using var before = Open(Stack);
        await before.TellAsync(
            new
            {
                type = "subscribe",
                id = "all",
                topics = new[] { "keyword:resumed" },
            }
        );
        var begin = (long)(await before.FirstAsync(s => Is(s, "subscribed"), "the beginning"))["after"]!;
        await Stack.SendAsync([.. Enumerable.Range(0, 25).Select(i => Broker.Article($"{i}", keywords: ["resumed"]))]);
        await before.UntilAsync(s => s.Count(one => Is(one, "bulletin")) == 25, "all");

        await using var after = Open(Stack);
        await after.TellAsync(
            new
            {
                type = "subscribe",
                id = "x",
                topics = new[] { "keyword:resumed" },
                after = begin,
            }
        );
        await after.TellAsync(
            new
            {
                type = "subscribe",
                id = "y",
                topics = new[] { "keyword:resumed" },
                after = "earliest",
            }
        );
        await after.TellAsync(
            new
            {
                type = "subscribe",
                id = "z",
                topics = new[] { "keyword:resumed" },
                after = 999_999_999,
            }
        );
        await after.UntilAsync(s => s.Count(one => Is(one, "bulletin")) == 75, "all again");
        await Stack.SendAsync(Broker.Article("new", keywords: ["resumed"]));
        var said = await after.UntilAsync(s => s.Count(one => Is(one, "bulletin")) == 78, "the new one");
        foreach (var id in new[] { "x", "y", "z" })
        {
            Assert.Equal([.. Enumerable.Range(0, 25).Select(i => $"{i}"), "new"], Headlines(said, id));
        }
        Assert.Equal("z", (string)Assert.Single(said, s => Is(s, "gap"))["id"]!);
    }

    [Fact]
    public async Task A_quiet_connection_shows_that_it_lives_and_answers_when_it_is_asked()
    {
        await using var socket = Open(Stack);
        await socket.TellAsync(new { type = "ping", id = "are you there" });
        await socket.FirstAsync(s => Is(s, "pong", "are you there"), "the answer");
        await socket.UntilAsync(
            s => s.Count(one => Is(one, "heartbeat")) > 1 && s.Any(one => Is(one, "ping")),
            "signs of life, of the message's kind and the transport's"
        );
    }

    [Theory]
    [InlineData("""{"type":"subscribe","topics":["breaking"]}""", "id")]
    [InlineData("""{"type":"subscribe","id":"a","topics":["nonsense"]}""", "topic")]
    [InlineData("""{"type":"subscribe","id":"a","topic":["breaking"]}""", "topic")]
    [InlineData("""{"type":"subscribe","id":"a","topics":"breaking"}""", "topics")]
    [InlineData("""{"type":"subscribe","id":"a","after":-1}""", "after")]
    [InlineData("""{"type":"subscribe","id":"a","after":"x"}""", "after")]
    [InlineData("""{"type":"shout","id":"a"}""", "type")]
    [InlineData("""{"type":""", "type")]
    [InlineData("""[]""", "message")]
    public async Task What_cannot_be_read_is_named_and_the_connection_goes_on(string message, string fault)
    {
        await using var socket = Open(Stack);
        await socket.TellAsync(message);
        var error = await socket.FirstAsync(s => Is(s, "error"), "the fault");
        Assert.Equal((400, "urn:newsplatform:problem:unreadable"), ((int)error["problem"]!["status"]!, (string)error["problem"]!["type"]!));
        Assert.Contains(fault, error["problem"]!["errors"]!.AsObject().Single().Key, StringComparison.Ordinal);
        await socket.TellAsync(new { type = "ping", id = "still" });
        await socket.FirstAsync(s => Is(s, "pong", "still"), "the connection goes on");
    }

    [Fact]
    public async Task Topics_and_subscriptions_are_as_many_as_the_limits_say()
    {
        await using var socket = Open(Stack);
        await socket.TellAsync(
            new
            {
                type = "subscribe",
                id = "long",
                topics = new[] { $"keyword:{new string('k', 1_000)}" },
            }
        );
        await socket.TellAsync(
            new
            {
                type = "subscribe",
                id = "many",
                topics = Enumerable.Repeat("breaking", 51),
            }
        );
        var said = await socket.UntilAsync(s => s.Count(one => Is(one, "error")) == 2, "both refusals");
        Assert.All(said.Where(s => Is(s, "error")), s => Assert.Equal(400, (int)s["problem"]!["status"]!));

        await using var limited = await Stack.StartAsync(
            Stack.Servers,
            new Dictionary<string, string> { ["Stream__MaxSubscriptions"] = "2", ["Stream__MaxMessagesPerSecond"] = "1000" },
            "Notifications"
        );
        await using var other = Open(limited);
        foreach (var id in new[] { "1", "2", "1", "3" })
        {
            await other.TellAsync(new { type = "subscribe", id });
        }
        said = await other.UntilAsync(s => s.Count(one => Is(one, "error")) == 2, "the third one's refusal and the double's");
        Assert.Equal(
            [("1", 400), ("3", 429)],
            said.Where(s => Is(s, "error")).Select(s => ((string)s["id"]!, (int)s["problem"]!["status"]!))
        );
        await other.TellAsync(new { type = "unsubscribe", id = "1" });
        await other.TellAsync(new { type = "subscribe", id = "3" });
        await other.FirstAsync(s => Is(s, "subscribed", "3"), "a place is free again");
    }

    [Fact]
    public async Task Who_breaks_the_protocol_is_closed_with_the_reason()
    {
        await using var big = Open(Stack);
        await big.TellAsync(
            new
            {
                type = "subscribe",
                id = "all",
                topics = Enumerable.Range(0, 10_000).Select(i => $"keyword:{i}"),
            }
        );
        Assert.Equal(1009, (int)(await big.FirstAsync(s => Is(s, "close"), "its end"))["code"]!);

        await using var fast = Open(Stack);
        for (var i = 0; i < 1_000; i++)
        {
            await fast.TellAsync(new { type = "ping", id = $"{i}" });
        }
        Assert.Equal(1008, (int)(await fast.FirstAsync(s => Is(s, "close"), "its end"))["code"]!);
    }

    [Fact]
    public async Task Who_reads_too_slowly_is_closed_with_the_reason_and_resumes_with_nothing_missing()
    {
        await using var own = await Stack.StartAsync(
            Stack.Servers,
            new Dictionary<string, string> { ["Stream__QueueLength"] = "10", ["Stream__DropSeconds"] = "60" },
            "Notifications"
        );
        await using var slow = Open(own);
        await slow.TellAsync(new { type = "subscribe", id = "slow" });
        await slow.FirstAsync(s => Is(s, "subscribed"), "the subscription");
        await slow.TellAsync("pause");
        await slow.FirstAsync(s => Is(s, "paused"), "that it reads no more");
        await using var quick = await Subscriber.JoinAsync(own.Reader);
        var summary = new string('x', 200_000);
        for (var sent = 0; await own.MetricAsync("Notifications", "news_stream_dropped_total") < 1; sent++)
        {
            await own.SendAsync(Broker.Article($"{sent}") with { Summary = summary });
            await quick.UntilAsync(r => r.Count == sent + 1, "the quick one has it");
        }
        await slow.TellAsync("resume");
        Assert.Equal(1013, (int)(await slow.FirstAsync(s => Is(s, "close"), "its end"))["code"]!);
        var had = slow.Said.Where(s => Is(s, "bulletin")).Select(s => (long)s["bulletin"]!["position"]!).ToArray();
        Assert.False(quick.Ended);

        await using var again = Open(own);
        await again.TellAsync(
            new
            {
                type = "subscribe",
                id = "again",
                after = had.Length == 0 ? 0 : had[^1],
            }
        );
        var said = await again.UntilAsync(s => s.Count(one => Is(one, "bulletin")) == quick.Received.Count - had.Length, "what it missed");
        Assert.Equal(
            quick.Received.Select(r => r.Id),
            had.Concat(said.Where(s => Is(s, "bulletin")).Select(s => (long)s["bulletin"]!["position"]!)).Select(position => $"{position}")
        );
    }

    [Fact]
    public async Task An_old_connection_is_ended_so_that_the_next_one_may_go_elsewhere()
    {
        await using var own = await Stack.StartAsync(
            Stack.Servers,
            new Dictionary<string, string> { ["Stream__MaxAgeSeconds"] = "2" },
            "Notifications"
        );
        await using var socket = Open(own);
        await socket.TellAsync(new { type = "subscribe", id = "a" });
        var close = await socket.FirstAsync(s => Is(s, "close"), "its end");
        Assert.Equal(1001, (int)close["code"]!);
        Assert.StartsWith("old", (string)close["reason"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_foreign_page_gets_no_connection()
    {
        await using var foreign = Open(Stack, "https://elsewhere.example.org");
        Assert.Equal(403, (int)(await foreign.FirstAsync(s => Is(s, "refused"), "the refusal"))["status"]!);
        await using var own = Open(Stack, Stack.Reader.BaseAddress!.GetLeftPart(UriPartial.Authority));
        await own.FirstAsync(s => Is(s, "open"), "a page of the portal's own");
        using var plain = await Stack.Reader.GetAsync(new Uri("api/stream/ws", UriKind.Relative));
        Assert.Equal(426, (int)plain.StatusCode);
    }

    [Fact]
    public async Task A_service_that_stops_says_so_and_exits_in_order()
    {
        await using var own = await Stack.StartAsync(Stack.Servers, null, "Notifications");
        await using var socket = Open(own);
        await socket.FirstAsync(s => Is(s, "open"), "the connection");
        Assert.Equal(0, await own["Notifications"].StopAsync());
        Assert.Equal(1001, (int)(await socket.FirstAsync(s => Is(s, "close"), "its end"))["code"]!);
    }
}
