using System.Diagnostics;

namespace NewsPlatform.Benchmarks.Rows;

/// <summary>
/// From the editor's request to a subscriber's having the bulletin, beside the editor's own answer, since nobody can be told before it is
/// stored.
/// </summary>
static class Latency
{
    const int WarmUp = 100,
        Counted = 300;

    public static async Task RunAsync(Bench bench)
    {
        var keyword = $"latency-{Guid.NewGuid():N}";
        using var arrivals = await Arrivals.OfAsync(bench, keyword);
        await MeasureAsync(WarmUp);
        var (medians, answers, tails, tailAnswers) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        for (var i = 0; i < bench.Repetitions; i++)
        {
            var (told, own) = await MeasureAsync(Counted);
            medians.Add(Figures.Median(told));
            answers.Add(Figures.Median(own));
            tails.Add(Figures.Percentile(told, 0.99));
            tailAnswers.Add(Figures.Percentile(own, 0.99));
        }
        bench.Report.Add("P5", "publish → subscriber, alone, median", medians, "ms", "the editor's own answer", answers, "≤ 1.6");
        bench.Report.Add("P5", "publish → subscriber, alone, 99 %", tails, "ms", "the editor's own answer", tailAnswers, "≤ 1.8");

        async Task<(List<double> Told, List<double> Answers)> MeasureAsync(int stories)
        {
            var (told, own) = (new List<double>(), new List<double>());
            for (var i = 0; i < stories; i++)
            {
                var id = await bench.Editor.DraftAsync($"Latency {i}", keyword);
                var began = Stopwatch.GetTimestamp();
                await bench.Editor.PublishAsync(id);
                own.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
                told.Add(Stopwatch.GetElapsedTime(began, await arrivals.OfAsync(id, "published")).TotalMilliseconds);
            }
            return (told, own);
        }
    }
}
