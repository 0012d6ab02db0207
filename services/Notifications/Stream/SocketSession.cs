using System.Net.WebSockets;
using System.Text;
using System.Text.Json;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Stream;

/// <summary>What a client and the service say to each other over one WebSocket. See <c>PROTOCOL.md</c>.</summary>
sealed class SocketSession(
    SocketTransport transport,
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
    static readonly byte[] tail = "}"u8.ToArray();

    readonly CancellationTokenSource over = new();
    readonly Dictionary<string, (Subscriber Subscriber, Task Following, int Bytes)> subscriptions = new(StringComparer.Ordinal);
    (long Second, int Messages) pace;

    public async Task RunAsync()
    {
        await using var end = connection.Ended.UnsafeRegister(
            static state =>
            {
                var (transport, over) = ((SocketTransport, CancellationToken))state!;
                _ = transport.EndAsync(over);
            },
            (transport, over.Token)
        );
        var beating = BeatAsync();
        try
        {
            while (await transport.ReceiveAsync() is { } message && await AnswerAsync(message)) { }
            await transport.DrainAsync();
        }
        catch (Exception gone) when (SocketTransport.IsGone(gone))
        {
            // The client resumes where it was.
        }
        connection.End(Ending.Left);
        await over.CancelAsync();
        await beating;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var (subscriber, _, _) in subscriptions.Values)
        {
            subscriber.Stop();
        }
        await Task.WhenAll(subscriptions.Values.Select(subscription => subscription.Following));
        transport.Dispose();
        over.Dispose();
    }

    /// <returns>Whether the client may go on.</returns>
    async Task<bool> AnswerAsync(ReadOnlyMemory<byte> text)
    {
        var second = Environment.TickCount64 / 1_000;
        pace = pace.Second == second ? (second, pace.Messages + 1) : (second, 1);
        if (pace.Messages > options.MaxMessagesPerSecond)
        {
            connection.End(Ending.Misused);
            await transport.CloseAsync(
                WebSocketCloseStatus.PolicyViolation,
                $"{options.MaxMessagesPerSecond} messages a second are taken at most"
            );
            return false;
        }
        string? id = null;
        try
        {
            var message = SocketMessage.Parse(text);
            // What is said back is not longer than what is kept.
            id = message.Id is { Length: <= SocketMessage.LongestId } ? message.Id : null;
            await (
                message.Type switch
                {
                    "subscribe" => SubscribeAsync(message.RequiredId(), message),
                    "unsubscribe" => UnsubscribeAsync(message.RequiredId()),
                    "ping" when message.Id == id => SayAsync(new { type = "pong", id }),
                    "ping" => throw ProblemException.BadRequest("id", $"may have {SocketMessage.LongestId} characters at most"),
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
        catch (Exception fault) when (TransientFault.IsTransient(fault) && transport.IsOpen)
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

    async Task SubscribeAsync(string id, SocketMessage message)
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
                    heads[frame.Type] = head = Encoding.UTF8.GetBytes($"{{\"type\":\"{frame.Type}\",\"id\":\"{name}\",\"{frame.Type}\":");
                }
                await transport.SendAsync(head, frame.Data, tail);
            }
        }
        catch (Exception gone) when (SocketTransport.IsGone(gone))
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
        catch (Exception gone) when (SocketTransport.IsGone(gone))
        {
            connection.End(Ending.Left);
        }
    }

    Task SayAsync(object message) =>
        transport.SendAsync(JsonSerializer.SerializeToUtf8Bytes(message, SocketMessage.Format), default, default);
}
