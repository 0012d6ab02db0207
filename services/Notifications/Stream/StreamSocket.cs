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
            await using var session = new SocketSession(
                new SocketTransport(socket, connection, memory, options),
                connection,
                admission,
                memory,
                reader,
                broadcaster,
                options,
                portal,
                log
            );
            await session.RunAsync();
        }
        finally
        {
            admission.Leave(connection);
        }
        return Results.Empty;
    }
}
