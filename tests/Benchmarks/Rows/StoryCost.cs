namespace NewsPlatform.Benchmarks.Rows;

/// <summary>The processor time of a story that is drafted and published, over all processes, until the last one is on the line.</summary>
static class StoryCost
{
    const int WarmUp = 150,
        Counted = 300;

    public static async Task RunAsync(Bench bench)
    {
        await PublishAsync(bench, WarmUp);
        var totals = new List<double>();
        var parts = new Dictionary<string, List<double>>();
        for (var i = 0; i < bench.Repetitions; i++)
        {
            var before = bench.Stack.ProcessorTime();
            await PublishAsync(bench, Counted);
            // What follows behind, such as related stories and statistics, is of these stories too.
            await Task.Delay(TimeSpan.FromSeconds(2));
            var after = bench.Stack.ProcessorTime();
            totals.Add(after.Sum(process => process.Value - before[process.Key]) * 1000 / Counted);
            foreach (var (process, seconds) in after)
            {
                (parts.TryGetValue(process, out var all) ? all : parts[process] = []).Add((seconds - before[process]) * 1000 / Counted);
            }
        }
        var by = string.Join(
            ", ",
            parts.OrderByDescending(part => part.Value.Sum()).Select(part => $"{part.Key} {Figures.Shown(Figures.Median(part.Value))}")
        );
        bench.Report.Add(
            new(
                "P10",
                $"processor time of a drafted and published story, all processes ({by})",
                $"{Figures.Shown(Figures.Median(totals))} ms",
                "",
                null,
                $"{totals.Min():0.0}–{totals.Max():0.0} ms",
                "≤ 10 ms"
            )
        );
    }

    static async Task PublishAsync(Bench bench, int stories)
    {
        var last = Guid.Empty;
        for (var i = 0; i < stories; i++)
        {
            last = await bench.Editor.DraftAsync($"Cost of a story {i}", $"cost-{i % 40}");
            await bench.Editor.PublishAsync(last);
        }
        await bench.OnTheLineAsync(last);
    }
}
