using System.Diagnostics;

namespace NewsPlatform.Benchmarks.Rows;

/// <summary>How long changes that waited for the broker take to reach readers once it is back.</summary>
static class Outage
{
    const int Changes = 400;

    public static async Task RunAsync(Bench bench)
    {
        var seconds = new List<double>();
        for (var i = 0; i < bench.Repetitions; i++)
        {
            await bench.Stack.ControlAsync("stop", "rabbitmq");
            var last = Guid.Empty;
            for (var story = 0; story < Changes; story++)
            {
                last = await bench.Editor.DraftAsync($"Behind an outage {story}", "outage");
                await bench.Editor.PublishAsync(last);
            }
            await bench.Stack.ControlAsync("start", "rabbitmq");
            var back = Stopwatch.GetTimestamp();
            await bench.OnTheLineAsync(last);
            seconds.Add(Stopwatch.GetElapsedTime(back).TotalSeconds);
        }
        bench.Report.Add(
            new(
                "P11",
                $"{Changes} waiting changes after an outage of RabbitMQ, until the last is on the line",
                $"{Figures.Shown(Figures.Median(seconds))} s",
                "",
                null,
                $"{seconds.Min():0.0}–{seconds.Max():0.0} s",
                "≤ 3 s"
            )
        );
    }
}
