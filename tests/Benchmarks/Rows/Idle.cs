namespace NewsPlatform.Benchmarks.Rows;

/// <summary>What the stack takes of a core while nobody does anything.</summary>
static class Idle
{
    static readonly TimeSpan settled = TimeSpan.FromSeconds(10),
        watched = TimeSpan.FromSeconds(20);

    public static async Task RunAsync(Bench bench)
    {
        await Task.Delay(settled);
        var shares = new List<double>();
        var by = "";
        for (var i = 0; i < bench.Repetitions; i++)
        {
            var before = bench.Stack.ProcessorTime();
            await Task.Delay(watched);
            var spent = bench
                .Stack.ProcessorTime()
                .ToDictionary(process => process.Key, process => (process.Value - before[process.Key]) / watched.TotalSeconds * 100);
            shares.Add(spent.Values.Sum());
            by = string.Join(", ", spent.OrderByDescending(part => part.Value).Select(part => $"{part.Key} {Figures.Shown(part.Value)}"));
        }
        bench.Report.Add(
            new(
                "P10",
                $"an idle stack, per cent of a core ({by})",
                $"{Figures.Shown(Figures.Median(shares))} %",
                "",
                null,
                $"{shares.Min():0.0}–{shares.Max():0.0} %",
                "≤ 3 %"
            )
        );
    }
}
