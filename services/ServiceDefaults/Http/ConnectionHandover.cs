using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace NewsPlatform.ServiceDefaults;

/// <summary>
/// Lets an answer over HTTP/1.1 go on when nothing of its request is kept any more: HTTP ends with the answer's head, and all that comes
/// behind it is written to the connection, which ends with it. What a server keeps for a request is several times what a stream needs that
/// is quiet for an hour.
/// </summary>
public sealed class ConnectionHandover : IConnectionHeartbeatFeature
{
    (Action<object> Act, object State)[] beats = [];
    Func<ConnectionContext, Task>? then;

    ConnectionHandover() { }

    /// <summary>What a request's connection may be handed to; null where something else stands between.</summary>
    public static ConnectionHandover? Of(HttpContext context) =>
        HttpProtocol.IsHttp11(context.Request.Protocol) && context.Features.Get<ITlsConnectionFeature>() is null
            ? context.Features.Get<ConnectionHandover>()
            : null;

    /// <summary>To be called when the answer's head was sent, and with it the word that the connection ends with the answer.</summary>
    /// <param name="rest">Writes all that comes behind what the request has written.</param>
    public void To(Func<ConnectionContext, Task> rest) => then = rest;

    void IConnectionHeartbeatFeature.OnHeartbeat(Action<object> action, object state) => beats = [.. beats, (action, state)];

    internal static void Allow(IConnectionBuilder endpoint) => endpoint.Use(next => connection => RunAsync(next, connection));

    static async Task RunAsync(ConnectionDelegate http, ConnectionContext connection)
    {
        var handover = new ConnectionHandover();
        var heartbeat = connection.Features.Get<IConnectionHeartbeatFeature>();
        // Kestrel's clock holds whoever asks for its beats, and with HTTP the request.
        heartbeat?.OnHeartbeat(static state => ((ConnectionHandover)state).Beat(), handover);
        connection.Features.Set<IConnectionHeartbeatFeature>(handover);
        connection.Features.Set(handover);
        await http(connection);
        handover.beats = [];
        if (handover.then is not { } rest)
        {
            return;
        }
        handover.then = null;
        var unread = DiscardAsync(connection);
        await rest(connection);
        connection.Transport.Input.CancelPendingRead();
        await unread;
    }

    void Beat()
    {
        foreach (var (act, state) in beats)
        {
            act(state);
        }
    }

    /// <summary>
    /// What a client goes on saying is taken, so that it fills nothing and does not turn the connection's end into a fault.
    /// </summary>
    static async Task DiscardAsync(ConnectionContext connection)
    {
        var input = connection.Transport.Input;
        try
        {
            while (await input.ReadAsync() is { IsCanceled: false, IsCompleted: false } said)
            {
                input.AdvanceTo(said.Buffer.End);
            }
        }
        catch (Exception gone) when (gone is IOException or ConnectionAbortedException or ConnectionResetException)
        {
            // Whoever writes is told by ConnectionClosed.
        }
    }
}
