using System.Diagnostics;
using System.Globalization;
using NewsPlatform.Benchmarks.Archive;

namespace NewsPlatform.Benchmarks.Rows;

/// <summary>
/// What readers and editors wait for at worst with a thousand stories stored and with a million (or <c>BENCH_STORIES</c>), each asked for
/// the first time since the last change, so that nothing is ready.
/// </summary>
static class Million
{
    const int Few = 1_000,
        WarmUp = 40,
        Counted = 100;

    static readonly int many = int.Parse(Environment.GetEnvironmentVariable("BENCH_STORIES") ?? "1000000", CultureInfo.InvariantCulture);

    /// <summary>From the most frequent word to one that a few hundred of a million stories have.</summary>
    static readonly (string What, string Query)[] searches =
    [
        ("a common word", "harbour"),
        ("a phrase", "\"council vote\""),
        ("a phrase that is rarer than its words", "\"storm museum\" harbour"),
    ];

    static readonly string[] kinds =
    [
        "publish, until on the line",
        "a line",
        "a page",
        "a search",
        .. searches.Select(search => search.What),
    ];

    public static async Task RunAsync(Bench bench)
    {
        await StoredArchive.GrowToAsync(bench, Few);
        var few = await MeasureAsync(bench);
        await StoredArchive.GrowToAsync(bench, many);
        var much = await MeasureAsync(bench);
        foreach (var (kind, i) in kinds.Select((kind, i) => (kind, i)).Take(4))
        {
            bench.Report.Add(
                "P8",
                $"{kind}, nothing ready, 99 %, {many:#,0} stories",
                [.. much.Select(times => Figures.Percentile(times[i], 0.99))],
                "ms",
                $"{Few:#,0} stories",
                [.. few.Select(times => Figures.Percentile(times[i], 0.99))],
                "≤ 1.2"
            );
        }
        foreach (var (kind, i) in kinds.Select((kind, i) => (kind, i)).Skip(4))
        {
            bench.Report.Add(
                "P13",
                $"search of {kind}, nothing ready, median, {many:#,0} stories",
                [.. much.Select(times => Figures.Median(times[i]))],
                "ms",
                $"{Few:#,0} stories",
                [.. few.Select(times => Figures.Median(times[i]))],
                "≤ 40 ms"
            );
        }
    }

    /// <returns>Of each repetition the times of each kind.</returns>
    static async Task<List<List<double>[]>> MeasureAsync(Bench bench)
    {
        await MeasureAsync(bench, WarmUp);
        var all = new List<List<double>[]>();
        for (var i = 0; i < bench.Repetitions; i++)
        {
            all.Add(await MeasureAsync(bench, Counted));
        }
        return all;
    }

    static async Task<List<double>[]> MeasureAsync(Bench bench, int count)
    {
        var times = kinds.Select(_ => new List<double>()).ToArray();
        var words = (
            await bench.SqlAsync(
                "feed",
                $"select word from bench.word where n = any(array[20, 40, 80, 160, 320, 640, 1280, 5120]) order by n"
            )
        ).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        var number = 0;
        foreach (var page in await StoredArchive.PagesAsync(bench, count))
        {
            var word = words[number++ % words.Length];
            var id = await bench.Editor.DraftAsync($"Among many {number}", "million");
            times[0]
                .Add(
                    await TimeAsync(async () =>
                    {
                        await bench.Editor.PublishAsync(id);
                        await bench.OnTheLineAsync(id);
                    })
                );
            times[1].Add(await ReadAsync(number % 2 == 0 ? "api/news?language=en&limit=30" : $"api/news?keyword={word}&limit=30"));
            times[2].Add(await ReadAsync(page));
            times[3].Add(await ReadAsync($"api/news?q={word}&limit=20"));
            foreach (var (search, i) in searches.Select((search, i) => (search, i)))
            {
                times[4 + i].Add(await ReadAsync($"api/news?q={Uri.EscapeDataString(search.Query)}&limit=20"));
            }
        }
        return times;

        Task<double> ReadAsync(string address) => TimeAsync(() => bench.Reader.GetStringAsync(new Uri(address, UriKind.Relative)));
    }

    static async Task<double> TimeAsync(Func<Task> what)
    {
        var began = Stopwatch.GetTimestamp();
        await what();
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }
}
