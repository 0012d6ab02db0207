using System.Buffers;
using System.Net.WebSockets;

namespace NewsPlatform.Notifications.Stream;

/// <summary>Whole messages over a WebSocket, one at a time each way, and the words by which it is closed.</summary>
sealed class SocketTransport(WebSocket socket, Connection connection, StreamMemory memory, StreamOptions options) : IDisposable
{
    /// <summary>Bytes of a message for which there is room from the beginning, as part of what a connection costs.</summary>
    const int Short = 512;

    /// <summary>IANA's registry of close codes.</summary>
    const WebSocketCloseStatus TryAgainLater = (WebSocketCloseStatus)1013,
        Unauthorized = (WebSocketCloseStatus)3000;

    static readonly KeyValuePair<string, object?> transport = new("transport", "websocket");

    readonly SemaphoreSlim sending = new(1);

    /// <summary>Bytes that are held for what the client says, besides the first.</summary>
    int said;

    public bool IsOpen => socket.State == WebSocketState.Open;

    /// <summary>Whether a fault says no more than that the other side has gone.</summary>
    public static bool IsGone(Exception fault) =>
        fault is WebSocketException or IOException or OperationCanceledException or ObjectDisposedException;

    public void Dispose() => sending.Dispose();

    /// <summary>Text; null when the client closes. Who says what cannot be a message is closed.</summary>
    public async Task<ReadOnlyMemory<byte>?> ReceiveAsync()
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
    public async Task DrainAsync()
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(options.DropSeconds));
        var dropped = new byte[4096];
        while (socket.State == WebSocketState.CloseSent)
        {
            await socket.ReceiveAsync(dropped.AsMemory(), patience.Token);
        }
    }

    /// <summary>One message of three parts, the middle one being everybody's.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> head, ReadOnlyMemory<byte> body, ReadOnlyMemory<byte> tail)
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
            StreamMetrics.Bytes.Add(length, transport);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(message);
            sending.Release();
        }
    }

    /// <summary>Says why, and waits for the client's word for a while.</summary>
    public async Task EndAsync(CancellationToken over)
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
        await Task.Delay(TimeSpan.FromSeconds(options.DropSeconds), over).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        socket.Abort();
    }

    public async Task CloseAsync(WebSocketCloseStatus status, string why)
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
}
