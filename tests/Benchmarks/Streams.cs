using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace NewsPlatform.Benchmarks;

/// <summary>What a quiet subscriber costs the service's process.</summary>
static class Streams
{
    const int AtOnce = 100;

    public static async Task RunAsync(Uri address, int process, int connections, string coding)
    {
        var endpoint = new IPEndPoint(IPAddress.Parse(address.Host), address.Port);
        var request = Encoding.ASCII.GetBytes(
            coding == "websocket"
                ? $"GET /api/stream/ws HTTP/1.1\r\nHost: {address.Authority}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
                : $"GET /api/stream?topic=language:en HTTP/1.1\r\nHost: {address.Authority}\r\nAccept-Encoding: {coding}\r\n\r\n"
        );
        var open = new List<Socket>();
        // What the first ones make, such as compiled code, is nobody's.
        await OpenAsync(AtOnce * 5);
        var before = Memory(process);
        await OpenAsync(connections);
        var after = Memory(process);
        Console.WriteLine(
            $"{connections} connections: {before >> 10} kB before, {after >> 10} kB after, {(after - before) / 1024.0 / connections:F1} kB each"
        );
        open.ForEach(socket => socket.Dispose());

        async Task OpenAsync(int more)
        {
            foreach (var some in Enumerable.Range(0, more).Chunk(AtOnce))
            {
                open.AddRange(
                    await Task.WhenAll(
                        some.Select(async _ =>
                        {
                            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                            await socket.ConnectAsync(endpoint);
                            await socket.SendAsync(request);
                            await socket.ReceiveAsync(new byte[1_024]);
                            if (coding == "websocket")
                            {
                                await socket.SendAsync(Text("""{"type":"subscribe","id":"a","topics":["language:en"]}"""));
                                await socket.ReceiveAsync(new byte[1_024]);
                            }
                            return socket;
                        })
                    )
                );
            }
        }
    }

    /// <summary>A frame that holds a whole message (RFC 6455, section 5.2), with a mask of zeros.</summary>
    static byte[] Text(string message) => [0x81, (byte)(0x80 | message.Length), 0, 0, 0, 0, .. Encoding.ASCII.GetBytes(message)];

    /// <summary>Resident, in bytes.</summary>
    static long Memory(int process) =>
        long.Parse(
            File.ReadLines($"/proc/{process}/status")
                .First(line => line.StartsWith("VmRSS:", StringComparison.Ordinal))
                .Split(' ', StringSplitOptions.RemoveEmptyEntries)[1],
            CultureInfo.InvariantCulture
        ) << 10;
}
