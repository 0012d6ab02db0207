using System.Buffers;
using System.Diagnostics.Metrics;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Stream;

/// <summary>The streams over a WebSocket (RFC 6455), several at once, as JSON messages. See <c>PROTOCOL.md</c>.</summary>
public static class StreamSocket
{
    public const string Path = "/api/stream/ws";

    /// <summary>Named by a client that wants to be sure; a later version would have another name.</summary>
    const string Protocol = "newsplatform.v1";

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet(Path, Handle).AllowAnonymous().WithQuery("ticket").ExcludeFromDescription();

    static async Task<IResult> Handle(
        HttpContext context,
        ConnectionAdmission admission,
        StreamMemory memory,
        BulletinReader reader,
        Broadcaster broadcaster,
        StreamOptions options,
        PortalOptions portal,
        ILogger<ConnectionAdmission> log
    )
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            throw new ProblemException(426, "upgrade-required", "A WebSocket is opened here.") { Headers = { ["Upgrade"] = "websocket" } };
        }
        var connection = await admission.EnterAsync(context, "websocket");
        try
        {
            using var socket = await context.WebSockets.AcceptWebSocketAsync(
                context.WebSockets.WebSocketRequestedProtocols.Contains(Protocol) ? Protocol : null
            );
            await using var session = new Session(socket, connection, admission, memory, reader, broadcaster, options, portal, log);
            await session.RunAsync();
        }
        finally
        {
            admission.Leave(connection);
        }
        return Results.Empty;
    }

    /// <summary>What a client says.</summary>
    sealed record Message
    {
        public string? Type { get; init; }
        public string? Id { get; init; }
        public IReadOnlyList<string>? Topics { get; init; }
        public JsonElement? After { get; init; }
    }

    sealed class Session(
        WebSocket socket,
        Connection connection,
        ConnectionAdmission admission,
        StreamMemory memory,
        BulletinReader reader,
        Broadcaster broadcaster,
        StreamOptions options,
        PortalOptions portal,
        ILogger log
    ) : IAsyncDisposable
    {
        const int LongestId = 64;

        /// <summary>Bytes of a message for which there is room from the beginning, as part of what a connection costs.</summary>
        const int Short = 512;

        /// <summary>IANA's registry of close codes.</summary>
        const WebSocketCloseStatus TryAgainLater = (WebSocketCloseStatus)1013,
            Unauthorized = (WebSocketCloseStatus)3000;

        static readonly Counter<long> bytes = Telemetry.Meter.CreateCounter<long>("news.stream.bytes", "By", "Bytes sent to subscribers");
        static readonly KeyValuePair<string, object?> transport = new("transport", "websocket");
        static readonly JsonSerializerOptions json = Json();

        static readonly byte[] tail = "}"u8.ToArray();

        readonly SemaphoreSlim sending = new(1);
        readonly CancellationTokenSource over = new();
        readonly Dictionary<string, (Subscriber Subscriber, Task Following, int Bytes)> subscriptions = new(StringComparer.Ordinal);
        (long Second, int Messages) pace;

        /// <summary>Bytes that are held for what the client says, besides the first.</summary>
        int said;

        public async Task RunAsync()
        {
            await using var end = connection.Ended.UnsafeRegister(static state => _ = ((Session)state!).EndAsync(), this);
            var beating = BeatAsync();
            try
            {
                while (await ReceiveAsync() is { } message && await AnswerAsync(message)) { }
                await DrainAsync();
            }
            catch (Exception gone) when (IsGone(gone))
            {
                // The client resumes where it was.
            }
            connection.End(Ending.Left);
            await over.CancelAsync();
            await beating;
        }

        /// <summary>Text; null when the client closes. Who says what cannot be a message is closed.</summary>
        async Task<ReadOnlyMemory<byte>?> ReceiveAsync()
        {
            var buffer = new ArrayBufferWriter<byte>(Short);
            memory.Return(connection, said);
            said = 0;
            while (true)
            {
                var into = buffer.GetMemory(Short);
                // What a client has begun to say, and what it said last, is held for it.
                if (buffer.Capacity - Short - said is > 0 and var more)
                {
                    if (!memory.TryTake(connection, more))
                    {
                        connection.End(Ending.Misused);
                        await CloseAsync(TryAgainLater, "more is held for this connection, or for its client, than may be");
                        return null;
                    }
                    said += more;
                }
                var received = await socket.ReceiveAsync(into, CancellationToken.None);
                buffer.Advance(received.Count);
                if (received.MessageType == WebSocketMessageType.Close)
                {
                    await CloseAsync(WebSocketCloseStatus.NormalClosure, "");
                    return null;
                }
                if (received.MessageType == WebSocketMessageType.Binary)
                {
                    connection.End(Ending.Misused);
                    await CloseAsync(WebSocketCloseStatus.InvalidMessageType, "messages are text");
                    return null;
                }
                if (buffer.WrittenCount > options.MaxMessageBytes)
                {
                    connection.End(Ending.Misused);
                    await CloseAsync(WebSocketCloseStatus.MessageTooBig, $"a message has {options.MaxMessageBytes} bytes at most");
                    return null;
                }
                if (received.EndOfMessage)
                {
                    return buffer.WrittenMemory;
                }
            }
        }

        /// <summary>
        /// What the client sends until it has read why is taken and dropped: a socket that is closed with something unread takes the reason
        /// from it.
        /// </summary>
        async Task DrainAsync()
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(options.DropSeconds));
            var dropped = new byte[4096];
            while (socket.State == WebSocketState.CloseSent)
            {
                await socket.ReceiveAsync(dropped.AsMemory(), patience.Token);
            }
        }

        /// <returns>Whether the client may go on.</returns>
        async Task<bool> AnswerAsync(ReadOnlyMemory<byte> text)
        {
            var second = Environment.TickCount64 / 1_000;
            pace = pace.Second == second ? (second, pace.Messages + 1) : (second, 1);
            if (pace.Messages > options.MaxMessagesPerSecond)
            {
                connection.End(Ending.Misused);
                await CloseAsync(
                    WebSocketCloseStatus.PolicyViolation,
                    $"{options.MaxMessagesPerSecond} messages a second are taken at most"
                );
                return false;
            }
            string? id = null;
            try
            {
                var message = Parse(text);
                // What is said back is not longer than what is kept.
                id = message.Id is { Length: <= LongestId } ? message.Id : null;
                await (
                    message.Type switch
                    {
                        "subscribe" => SubscribeAsync(Id(message), message),
                        "unsubscribe" => UnsubscribeAsync(Id(message)),
                        "ping" when message.Id == id => SayAsync(new { type = "pong", id }),
                        "ping" => throw ProblemException.BadRequest("id", $"may have {LongestId} characters at most"),
                        _ => throw ProblemException.BadRequest("type", "must be subscribe, unsubscribe or ping"),
                    }
                );
            }
            catch (ProblemException problem)
            {
                await SayAsync(
                    new
                    {
                        type = "error",
                        id,
                        problem = problem.ToProblem(),
                    }
                );
            }
            catch (Exception fault) when (TransientFault.IsTransient(fault) && socket.State == WebSocketState.Open)
            {
                await SayAsync(
                    new
                    {
                        type = "error",
                        id,
                        problem = new ProblemException(503, "unavailable", "The store does not answer. Try again shortly.").ToProblem(),
                    }
                );
            }
            return true;
        }

        static Message Parse(ReadOnlyMemory<byte> text)
        {
            try
            {
                return JsonSerializer.Deserialize<Message>(text.Span, json)
                    ?? throw ProblemException.BadRequest("message", "must be an object");
            }
            catch (JsonException fault)
            {
                throw ProblemException.BadRequest(
                    fault.Path is { Length: > 2 } path ? path[2..] : "message",
                    "is no JSON of a message, or of the wrong type, or a member that no message has"
                );
            }
        }

        static string Id(Message message) =>
            message.Id is { Length: > 0 and <= LongestId } id
                ? id
                : throw ProblemException.BadRequest("id", $"is needed, with {LongestId} characters at most");

        async Task SubscribeAsync(string id, Message message)
        {
            var topics = Topics.Parse(message.Topics ?? [], portal, maxTopics: options.MaxTopics, maxLength: options.MaxTopicCharacters);
            StartPosition? start = message.After switch
            {
                null or { ValueKind: JsonValueKind.Null } => null,
                { ValueKind: JsonValueKind.Number } number when number.TryGetInt64(out var position) && position >= 0 => new(position),
                { ValueKind: JsonValueKind.String } place => StartPosition.Parse("after", place.GetString()!),
                _ => throw ProblemException.BadRequest("after", StartPosition.Rule),
            };
            if (subscriptions.ContainsKey(id))
            {
                throw ProblemException.BadRequest("id", "is that of a subscription that there is");
            }
            if (subscriptions.Count >= options.MaxSubscriptions)
            {
                throw new ProblemException(
                    429,
                    "too-many-requests",
                    $"A connection may have {options.MaxSubscriptions} subscriptions at once."
                );
            }
            var bytes = StreamMemory.Subscription + topics.Bytes + 4 * id.Length;
            admission.Hold(connection, bytes);
            var subscriber = new Subscriber(topics, connection, options.QueueLength);
            try
            {
                var begun = await reader.BeginAsync(subscriber, start, connection.Ended);
                await SayAsync(
                    new
                    {
                        type = "subscribed",
                        id,
                        after = begun.After,
                    }
                );
                subscriptions[id] = (subscriber, FollowAsync(id, subscriber, begun), bytes);
            }
            finally
            {
                if (!subscriptions.ContainsKey(id))
                {
                    broadcaster.Leave(subscriber);
                    memory.Return(connection, bytes);
                }
            }
        }

        async Task UnsubscribeAsync(string id)
        {
            if (!subscriptions.Remove(id, out var subscription))
            {
                throw ProblemException.NotFound("subscription");
            }
            subscription.Subscriber.Stop();
            await subscription.Following;
            memory.Return(connection, subscription.Bytes);
            await SayAsync(new { type = "unsubscribed", id });
        }

        async Task FollowAsync(string id, Subscriber subscriber, Start start)
        {
            // Whoever subscribes must not wait for the replay.
            await Task.Yield();
            var name = JsonEncodedText.Encode(id);
            var heads = new Dictionary<string, byte[]>();
            try
            {
                await foreach (var frame in reader.ReadAsync(subscriber, start, connection.Ended))
                {
                    if (!heads.TryGetValue(frame.Type, out var head))
                    {
                        heads[frame.Type] = head = Encoding.UTF8.GetBytes(
                            $"{{\"type\":\"{frame.Type}\",\"id\":\"{name}\",\"{frame.Type}\":"
                        );
                    }
                    await SendAsync(head, frame.Data, tail);
                }
            }
            catch (Exception gone) when (IsGone(gone))
            {
                connection.End(Ending.Left);
            }
            catch (Exception fault)
            {
                // The client comes back and resumes; what it has is whole up to here.
                log.LogWarning("A subscription breaks off: {Fault}", fault.Message);
                connection.End(Ending.Drained);
            }
            finally
            {
                broadcaster.Leave(subscriber);
            }
        }

        async Task BeatAsync()
        {
            using var timer = new PeriodicTimer(TimeSpan.FromSeconds(options.HeartbeatSeconds));
            try
            {
                while (await timer.WaitForNextTickAsync(over.Token))
                {
                    await SayAsync(new { type = "heartbeat" });
                }
            }
            catch (Exception gone) when (IsGone(gone))
            {
                connection.End(Ending.Left);
            }
        }

        Task SayAsync(object message) => SendAsync(JsonSerializer.SerializeToUtf8Bytes(message, json), default, default);

        /// <summary>One message of three parts, the middle one being everybody's.</summary>
        async Task SendAsync(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body, ReadOnlyMemory<byte> tail)
        {
            var length = head.Length + body.Length + tail.Length;
            await sending.WaitAsync();
            // Not before its turn, so that a connection that reads slowly holds one message and not one of each subscription.
            var message = ArrayPool<byte>.Shared.Rent(length);
            try
            {
                head.CopyTo(message);
                body.CopyTo(message.AsMemory(head.Length));
                tail.CopyTo(message.AsMemory(head.Length + body.Length));
                await socket.SendAsync(message.AsMemory(0, length), WebSocketMessageType.Text, endOfMessage: true, CancellationToken.None);
                bytes.Add(length, transport);
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(message);
                sending.Release();
            }
        }

        /// <summary>Says why, and waits for the client's word for a while.</summary>
        async Task EndAsync()
        {
            await (
                connection.Why switch
                {
                    Ending.Dropped => CloseAsync(
                        TryAgainLater,
                        "dropped, since more bulletins waited than are kept; resume after the last one"
                    ),
                    Ending.Revoked => CloseAsync(Unauthorized, $"{connection.Fault}"),
                    Ending.Rotated => CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "old; come back, perhaps to another instance"),
                    Ending.Drained => CloseAsync(WebSocketCloseStatus.EndpointUnavailable, "this instance stops; come back"),
                    _ => Task.CompletedTask,
                }
            );
            await Task.Delay(TimeSpan.FromSeconds(options.DropSeconds), over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            socket.Abort();
        }

        async Task CloseAsync(WebSocketCloseStatus status, string why)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(options.DropSeconds));
            try
            {
                await sending.WaitAsync(patience.Token);
                try
                {
                    if (socket.State is WebSocketState.Open or WebSocketState.CloseReceived)
                    {
                        await socket.CloseOutputAsync(status, why, patience.Token);
                    }
                }
                finally
                {
                    sending.Release();
                }
            }
            catch (Exception gone) when (IsGone(gone))
            {
                socket.Abort();
            }
        }

        static bool IsGone(Exception fault) =>
            fault is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException;

        public async ValueTask DisposeAsync()
        {
            foreach (var (subscriber, _, _) in subscriptions.Values)
            {
                subscriber.Stop();
            }
            await Task.WhenAll(subscriptions.Values.Select(subscription => subscription.Following));
            sending.Dispose();
            over.Dispose();
        }

        static JsonSerializerOptions Json()
        {
            var options = new JsonSerializerOptions(JsonSerializerDefaults.Web)
            {
                DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
            };
            Problems.Strict(options);
            return options;
        }
    }
}
