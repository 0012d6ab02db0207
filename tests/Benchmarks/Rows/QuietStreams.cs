namespace NewsPlatform.Benchmarks.Rows;

/// <summary>What a quiet stream costs Notifications, and the gateway where it passes through that.</summary>
static class QuietStreams
{
    /// <summary>Who fills what the processes have had before, such as the memory of streams that have ended, and is nobody's.</summary>
    const int First = 4_000;

    const int Connections = 5_000;
    const string Path = "/api/stream?topic=language:en";

    public static async Task RunAsync(Bench bench)
    {
        var (notifications, gateway) = (bench.Stack.Process("notifications"), bench.Stack.Process("gateway"));
        using var first = await Listeners.JoinAsync(bench.Stack.Gateway, Path, First);
        var before = Now();
        using var quiet = await Listeners.JoinAsync(bench.Stack.Gateway, Path, Connections);
        var now = Now();
        Add("Notifications", now.Service - before.Service, "≤ 11 KB");
        Add("the gateway's share", now.Gateway - before.Gateway, "≤ 20 KB");
        Add("the kernel's, of its four sockets", now.Kernel - before.Kernel, "");

        (long Service, long Gateway, long Kernel) Now() =>
            (Installation.ResidentBytes(notifications), Installation.ResidentBytes(gateway), Installation.KernelBytes());

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
