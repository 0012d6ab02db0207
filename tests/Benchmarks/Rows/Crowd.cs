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
    const int WarmUp = 20,
        Counted = 20;

    const int Connections = 4_000;

    public static async Task RunAsync(Bench bench)
    {
        var (notifications, gateway) = (bench.Stack.Process("notifications"), bench.Stack.Process("gateway"));
        var (direct, spreads, bare) = (new List<double>(), new List<double>(), new List<double>());
        var (through, ofTheGateway) = (new List<double>(), new List<double>());
        var payload = 0;
        for (var i = 0; i < bench.Repetitions; i++)
        {
            var keyword = $"crowd-{Guid.NewGuid():N}";
            var path = $"/api/stream?topic=keyword:{keyword}";
            using (var crowd = await Listeners.JoinAsync(bench.Stack.Address("notifications"), path, Connections))
            {
                var told = await TellAsync(crowd, Publish, notifications);
                payload = crowd.BytesEach / (WarmUp + Counted);
                direct.Add(crowd.Count * Counted / told.Seconds[0]);
                spreads.Add(told.Spread);
            }
            bare.Add(await BareWritesAsync(Connections, payload));
            using (var crowd = await Listeners.JoinAsync(bench.Stack.Gateway, path, Connections))
            {
                var told = await TellAsync(crowd, Publish, notifications, gateway);
                through.Add(crowd.Count * Counted / told.Seconds.Sum());
                ofTheGateway.Add(crowd.Count * Counted / told.Seconds[1]);
            }

            Task Publish() => bench.Editor.PublishAsync("Told to many", keyword);
        }
        var nchan = await OfNchanAsync(bench, payload);
        bench.Report.Add(
            "P3",
            $"a bulletin of {payload} B to {Connections:#,0} streams, a core of Notifications "
                + $"(first to last: {Figures.Shown(Figures.Median(spreads))} ms)",
            direct,
            "writes/s",
            "bare writes to as many sockets",
            bare,
            "≥ 0.7"
        );
        bench.Report.Add("P3", $"deliveries to {Connections:#,0} streams, a core", direct, "deliveries/s", "nchan", nchan, "≥ 1.5");
        bench.Report.Add("P3", "the same through the gateway, a core of it", ofTheGateway, "deliveries/s", "nchan", nchan, "≥ 0.8");
        bench.Report.Add("P3", "the same, a core of it and of Notifications", through, "deliveries/s", "nchan", nchan, "");
    }

    /// <summary>
    /// nchan (https://nchan.io), a publisher and subscriber module of nginx, with as many subscribers and the same payload.
    /// </summary>
    static async Task<List<double>> OfNchanAsync(Bench bench, int payload)
    {
        await using var nchan = await Nginx.StartAsync(
            "location /publish { nchan_publisher; nchan_channel_id crowd; } "
                + "location /stream { nchan_subscriber eventsource; nchan_channel_id crowd; }",
            modules: "load_module /usr/lib/nginx/modules/ngx_nchan_module.so;"
        );
        var rates = new List<double>();
        for (var i = 0; i < bench.Repetitions; i++)
        {
            using var crowd = await Listeners.JoinAsync(nchan.Address, "/stream", Connections);
            var told = await TellAsync(
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
            rates.Add(crowd.Count * Counted / told.Seconds[0]);
        }
        return rates;
    }

    /// <returns>The processes' own time, and the milliseconds from the first to the last listener.</returns>
    static async Task<(double[] Seconds, double Spread)> TellAsync(Listeners crowd, Func<Task> publish, params int[] processes)
    {
        var (spreads, began) = (new List<double>(), Spent());
        for (var i = 0; i < WarmUp + Counted; i++)
        {
            if (i == WarmUp)
            {
                began = Spent();
            }
            var told = crowd.NextAsync();
            await publish();
            var at = await told;
            if (i >= WarmUp)
            {
                spreads.Add(Stopwatch.GetElapsedTime(at.Min(), at.Max()).TotalMilliseconds);
            }
        }
        return ([.. Spent().Zip(began, (now, before) => now - before)], Figures.Median(spreads));

        double[] Spent() => [.. processes.Select(process => Installation.ProcessorSeconds(process))];
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
