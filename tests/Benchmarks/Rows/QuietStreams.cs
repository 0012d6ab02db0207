namespace NewsPlatform.Benchmarks.Rows;

/// <summary>What a quiet stream costs Notifications, and the gateway where it passes through that.</summary>
static class QuietStreams
{
    const int First = 500,
        Connections = 8_000;
    const string Path = "/api/stream?topic=language:en";

    public static async Task RunAsync(Bench bench)
    {
        var (notifications, gateway) = (bench.Stack.Process("notifications"), bench.Stack.Process("gateway"));
        // What the first ones make, such as compiled code, is nobody's.
        using var first = await Listeners.JoinAsync(bench.Stack.Gateway, Path, First);
        var before = (Service: Installation.ResidentBytes(notifications), Gateway: Installation.ResidentBytes(gateway));
        using var quiet = await Listeners.JoinAsync(bench.Stack.Gateway, Path, Connections);
        Add("Notifications", Installation.ResidentBytes(notifications) - before.Service, "≤ 11 KB");
        Add("the gateway's share", Installation.ResidentBytes(gateway) - before.Gateway, "≤ 20 KB");

        void Add(string whose, long bytes, string goal) =>
            bench.Report.Add(
                new(
                    "P4",
                    $"a quiet stream, {whose} ({Connections:#,0} through the gateway)",
                    $"{bytes / 1024.0 / Connections:0.0} KB",
                    "",
                    null,
                    "",
                    goal
                )
            );
    }
}
