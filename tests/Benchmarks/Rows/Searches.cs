using System.Diagnostics;

namespace NewsPlatform.Benchmarks.Rows;

/// <summary>
/// A search of a common word and of a phrase, each asked for the first time since the last change, so that nothing is ready.
/// </summary>
static class Searches
{
    const int Counted = 15;

    public static async Task RunAsync(Bench bench)
    {
        foreach (var (what, query) in new[] { ("a common word", "harbour"), ("a phrase", "\"council vote\"") })
        {
            var times = new List<double>();
            for (var i = 0; i < Counted; i++)
            {
                await bench.OnTheLineAsync(await PublishAsync(bench));
                var began = Stopwatch.GetTimestamp();
                await bench.Reader.GetStringAsync(new Uri($"api/news?q={Uri.EscapeDataString(query)}&limit=20", UriKind.Relative));
                times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
            }
            bench.Report.Add(
                new(
                    "P13",
                    $"search of {what}, nothing ready, median",
                    $"{Figures.Shown(Figures.Median(times))} ms",
                    "",
                    null,
                    $"{times.Min():0}–{times.Max():0} ms",
                    "≤ 40 ms"
                )
            );
        }
    }

    static async Task<Guid> PublishAsync(Bench bench)
    {
        var id = await bench.Editor.DraftAsync("A change", "searches");
        await bench.Editor.PublishAsync(id);
        return id;
    }
}
