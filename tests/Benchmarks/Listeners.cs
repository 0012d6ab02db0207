using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace NewsPlatform.Benchmarks;

/// <summary>Many who listen to server-sent events over bare sockets, and count events without reading what they say.</summary>
sealed class Listeners : IDisposable
{
    const int AtOnce = 100;
    readonly List<Listener> all = [];

    public int Count => all.Count;

    /// <summary>The bytes that each of them has got.</summary>
    public int BytesEach => all[0].Bytes;

    public static async Task<Listeners> JoinAsync(Uri address, string path, int count)
    {
        var listeners = new Listeners();
        foreach (var some in Enumerable.Range(0, count).Chunk(AtOnce))
        {
            listeners.all.AddRange(await Task.WhenAll(some.Select(_ => Listener.JoinAsync(address, path))));
        }
        return listeners;
    }

    /// <summary>When each of them has the next event.</summary>
    public Task<long[]> NextAsync() => Task.WhenAll(all.Select(listener => listener.NextAsync()));

    public void Dispose() => all.ForEach(listener => listener.Dispose());

    sealed class Listener(Socket socket) : IDisposable
    {
        static readonly byte[] mark = "\ndata:"u8.ToArray();
        TaskCompletionSource<long> next = New();

        public int Bytes { get; private set; }

        public static async Task<Listener> JoinAsync(Uri address, string path)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(address.Host), address.Port));
            await socket.SendAsync(
                Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {address.Authority}\r\nAccept: text/event-stream\r\n\r\n")
            );
            await socket.ReceiveAsync(new byte[2_048]);
            var listener = new Listener(socket);
            _ = listener.ListenAsync();
            return listener;
        }

        public Task<long> NextAsync() => (next = New()).Task;

        public void Dispose() => socket.Dispose();

        static TaskCompletionSource<long> New() => new(TaskCreationOptions.RunContinuationsAsynchronously);

        async Task ListenAsync()
        {
            var buffer = new byte[4_096];
            try
            {
                while (await socket.ReceiveAsync(buffer) is > 0 and var read)
                {
                    if (buffer.AsSpan(0, read).IndexOf(mark) >= 0)
                    {
                        next.TrySetResult(Stopwatch.GetTimestamp());
                        Bytes += read;
                    }
                }
            }
            catch (Exception gone) when (gone is SocketException or ObjectDisposedException)
            {
                // The measurement is over.
            }
        }
    }
}
