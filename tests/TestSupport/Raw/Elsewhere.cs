using System.Net;
using System.Net.Sockets;
using System.Net.WebSockets;

namespace NewsPlatform.TestSupport;

/// <summary>Clients of this machine that come from an address of their own in 127.0.0.0/8, as clients in life do.</summary>
public static class Elsewhere
{
    public static HttpClient Client(IPAddress from, Uri server, string? secret = null)
    {
        var client = new HttpClient(Handler(from)) { BaseAddress = server, Timeout = Timeout.InfiniteTimeSpan };
        if (secret is not null)
        {
            client.DefaultRequestHeaders.Authorization = new("Bearer", secret);
        }
        return client;
    }

    /// <returns>Null where it was refused.</returns>
    public static async Task<ClientWebSocket?> SocketAsync(IPAddress from, Uri server)
    {
        var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("newsplatform.v1");
        try
        {
            using var invoker = new HttpMessageInvoker(Handler(from));
            await socket.ConnectAsync(
                new UriBuilder(server) { Scheme = "ws", Path = "/api/stream/ws" }.Uri,
                invoker,
                CancellationToken.None
            );
            return socket;
        }
        catch (WebSocketException)
        {
            socket.Dispose();
            return null;
        }
    }

    static SocketsHttpHandler Handler(IPAddress from) =>
        new()
        {
            AllowAutoRedirect = false,
            UseProxy = false,
            ConnectCallback = async (context, ct) =>
            {
                var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
                try
                {
                    socket.Bind(new IPEndPoint(from, 0));
                    await socket.ConnectAsync(IPAddress.Loopback, context.DnsEndPoint.Port, ct);
                    return new NetworkStream(socket, ownsSocket: true);
                }
                catch
                {
                    socket.Dispose();
                    throw;
                }
            },
        };
}
