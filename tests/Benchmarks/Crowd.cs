using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace NewsPlatform.Benchmarks;

/// <summary>
/// What it costs Notifications to tell many who listen of one bulletin, by its process's own processor time, beside the bare writes of as
/// many bytes to as many sockets; and how long after the first of them the last one has it.
/// </summary>
static class Crowd
{
    const int AtOnce = 100,
        WarmUp = 3,
        Counted = 20;

    public static async Task RunAsync(Editor editor, Uri notifications, int process, int connections)
    {
        var keyword = $"crowd-{Guid.NewGuid():N}";
        var listeners = new List<Listener>();
        foreach (var some in Enumerable.Range(0, connections).Chunk(AtOnce))
        {
            listeners.AddRange(
                await Task.WhenAll(some.Select(_ => Listener.JoinAsync(notifications, $"/api/stream?topic=keyword:{keyword}")))
            );
        }
        var spreads = new List<double>();
        var began = TimeSpan.Zero;
        for (var i = 0; i < WarmUp + Counted; i++)
        {
            if (i == WarmUp)
            {
                began = ProcessorTime(process);
            }
            var told = Task.WhenAll(listeners.Select(listener => listener.NextAsync()));
            await editor.PublishAsync($"Told to many {i}", keyword);
            var at = await told;
            spreads.Add(Stopwatch.GetElapsedTime(at.Min(), at.Max()).TotalMilliseconds);
        }
        var spent = (ProcessorTime(process) - began).TotalSeconds;
        var bytes = listeners[0].Bytes / (WarmUp + Counted);
        listeners.ForEach(listener => listener.Dispose());
        var writes = connections * Counted / spent;
        var bare = await BareWritesAsync(connections, bytes);
        Console.WriteLine(
            $"| a bulletin of {bytes} B to {connections} streams, a core | {writes:F0} writes/s | bare writes to as many sockets: {bare:F0} writes/s | {writes / bare:F2} |"
        );
        Console.WriteLine(
            $"from the first to the last of {connections}, median: {spreads.Skip(WarmUp).Order().ElementAt(Counted / 2):F0} ms"
        );
    }

    static async Task<double> BareWritesAsync(int connections, int bytes)
    {
        using var door = new Socket(SocketType.Stream, ProtocolType.Tcp);
        door.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        door.Listen(AtOnce);
        var (near, far, payload) = (new List<Socket>(), new List<Socket>(), new byte[bytes]);
        for (var i = 0; i < connections; i++)
        {
            near.Add(new(SocketType.Stream, ProtocolType.Tcp));
            var accepting = door.AcceptAsync();
            await near[i].ConnectAsync(door.LocalEndPoint!);
            far.Add(await accepting);
        }
        var began = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < Counted; i++)
        {
            near.ForEach(socket => socket.Send(payload));
        }
        var spent = (Environment.CpuUsage.TotalTime - began).TotalSeconds;
        near.Concat(far).ToList().ForEach(socket => socket.Dispose());
        return connections * Counted / spent;
    }

    /// <summary>In user and kernel mode, of which Linux tells hundredths of a second.</summary>
    static TimeSpan ProcessorTime(int process)
    {
        var fields = File.ReadAllText($"/proc/{process}/stat").Split(") ")[1].Split(' ');
        return TimeSpan.FromMilliseconds(
            10 * (long.Parse(fields[11], CultureInfo.InvariantCulture) + long.Parse(fields[12], CultureInfo.InvariantCulture))
        );
    }

    /// <summary>Somebody who listens and counts the events, not reading what they say.</summary>
    sealed class Listener(Socket socket) : IDisposable
    {
        static readonly byte[] mark = "\nid: "u8.ToArray();
        TaskCompletionSource<long> next = New();

        public int Bytes { get; private set; }

        public static async Task<Listener> JoinAsync(Uri address, string path)
        {
            var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
            await socket.ConnectAsync(new IPEndPoint(IPAddress.Parse(address.Host), address.Port));
            await socket.SendAsync(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\nHost: {address.Authority}\r\n\r\n"));
            await socket.ReceiveAsync(new byte[2_048]);
            var listener = new Listener(socket);
            _ = listener.ListenAsync();
            return listener;
        }

        /// <summary>When the next event has come.</summary>
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
