using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace NewsPlatform.Benchmarks.Rows;

/// <summary>
/// What it costs to tell many who listen of one bulletin, by the process's own processor time, beside the bare writes of as many bytes to
/// as many sockets and beside nchan; and how long after the first of them the last one has it.
/// </summary>
static class Crowd
{
    const int WarmUp = 3,
        Counted = 20;

    const int Connections = 4_000;

    public static async Task RunAsync(Bench bench)
    {
        var (process, service) = (bench.Stack.Process("notifications"), bench.Stack.Address("notifications"));
        var (figures, limits, spreads, payload) = (new List<double>(), new List<double>(), new List<double>(), 0);
        for (var i = 0; i < bench.Repetitions; i++)
        {
            var keyword = $"crowd-{Guid.NewGuid():N}";
            using var crowd = await Listeners.JoinAsync(service, $"/api/stream?topic=keyword:{keyword}", Connections);
            var (writes, spread) = await TellAsync(crowd, () => bench.Editor.PublishAsync("Told to many", keyword), process);
            payload = crowd.BytesEach / (WarmUp + Counted);
            figures.Add(writes);
            spreads.Add(spread);
            limits.Add(await BareWritesAsync(Connections, payload));
        }
        bench.Report.Add(
            "P3",
            $"a bulletin of {payload} B to {Connections:#,0} streams, a core of Notifications "
                + $"(first to last: {Figures.Shown(Figures.Median(spreads))} ms)",
            figures,
            "writes/s",
            "bare writes to as many sockets",
            limits,
            "≥ 0.7"
        );
        await BesideNchanAsync(bench, figures, payload);
    }

    /// <summary>
    /// nchan (https://nchan.io), a publisher and subscriber module of nginx, with as many subscribers and the same payload.
    /// </summary>
    static async Task BesideNchanAsync(Bench bench, List<double> figures, int payload)
    {
        await using var nchan = await Nginx.StartAsync(
            "location /publish { nchan_publisher; nchan_channel_id crowd; } "
                + "location /stream { nchan_subscriber eventsource; nchan_channel_id crowd; }",
            modules: "load_module /usr/lib/nginx/modules/ngx_nchan_module.so;"
        );
        var limits = new List<double>();
        for (var i = 0; i < bench.Repetitions; i++)
        {
            using var crowd = await Listeners.JoinAsync(nchan.Address, "/stream", Connections);
            var (writes, _) = await TellAsync(
                crowd,
                async () =>
                {
                    using var answer = await bench.Reader.PostAsync(
                        new Uri(nchan.Address, "publish"),
                        new StringContent(new string('x', payload - 40))
                    );
                    answer.EnsureSuccessStatusCode();
                },
                nchan.Worker
            );
            limits.Add(writes);
        }
        bench.Report.Add("P3", $"deliveries to {Connections:#,0} streams, a core", figures, "deliveries/s", "nchan", limits, "≥ 1.5");
    }

    /// <returns>Writes in a second of the process's own time, and the milliseconds from the first to the last listener.</returns>
    static async Task<(double Writes, double Spread)> TellAsync(Listeners crowd, Func<Task> publish, int process)
    {
        var (spreads, began) = (new List<double>(), 0.0);
        for (var i = 0; i < WarmUp + Counted; i++)
        {
            if (i == WarmUp)
            {
                began = Installation.ProcessorSeconds(process);
            }
            var told = crowd.NextAsync();
            await publish();
            var at = await told;
            if (i >= WarmUp)
            {
                spreads.Add(Stopwatch.GetElapsedTime(at.Min(), at.Max()).TotalMilliseconds);
            }
        }
        return (crowd.Count * Counted / (Installation.ProcessorSeconds(process) - began), Figures.Median(spreads));
    }

    static async Task<double> BareWritesAsync(int connections, int bytes)
    {
        using var door = new Socket(SocketType.Stream, ProtocolType.Tcp);
        door.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
        door.Listen(512);
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
}
