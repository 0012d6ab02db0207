using System.Diagnostics;
using System.Globalization;
using NewsPlatform.Benchmarks.Archive;

namespace NewsPlatform.Benchmarks.Rows;

/// <summary>
/// Feed's read models made anew of all events, while somebody reads lines and pages, beside the events read and the documents upserted by
/// PostgreSQL alone.
/// </summary>
static class Rebuild
{
    static readonly int stories = int.Parse(
        Environment.GetEnvironmentVariable("BENCH_REBUILD_STORIES") ?? "20000",
        CultureInfo.InvariantCulture
    );

    const int ReadsBefore = 500;

    public static async Task RunAsync(Bench bench)
    {
        await StoredArchive.GrowToAsync(bench, stories);
        var all = int.Parse(await bench.SqlAsync("feed", "select count(*) from mt_doc_story"), CultureInfo.InvariantCulture);
        var pages = await StoredArchive.PagesAsync(bench, ReadsBefore);
        var (figures, limits, meanwhile, before) = (new List<double>(), new List<double>(), new List<double>(), new List<double>());
        await ReadAsync(bench, pages, new CancellationTokenSource().Token, ReadsBefore);
        for (var i = 0; i < bench.Repetitions; i++)
        {
            before.Add(Figures.Percentile(await ReadAsync(bench, pages, CancellationToken.None, ReadsBefore), 0.99));
            using var done = new CancellationTokenSource();
            var reading = ReadAsync(bench, pages, done.Token);
            var began = Stopwatch.GetTimestamp();
            await RebuildAsync(bench);
            figures.Add(all / Stopwatch.GetElapsedTime(began).TotalSeconds);
            await done.CancelAsync();
            meanwhile.Add(Figures.Percentile(await reading, 0.99));
            limits.Add(all / await RawAsync(bench));
        }
        bench.Report.Add("P9", $"rebuild of {all:#,0} stories", figures, "stories/s", "read and upserted raw", limits, "≥ 0.5");
        bench.Report.Add("P9", "readers of pages and lines during a rebuild, 99 %", meanwhile, "ms", "before", before, "≤ 2");
    }

    static async Task RebuildAsync(Bench bench)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/rebuilds/feed");
        using var answer = await bench.Editor.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        var last = "";
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync());
        while (await lines.ReadLineAsync() is { } line)
        {
            last = line;
        }
        if (!last.Contains("\"done\"", StringComparison.Ordinal))
        {
            throw new InvalidOperationException($"The rebuild ended with {last}");
        }
    }

    /// <summary>One reader, who asks for a page and a part of a line after the other, which nobody has asked for lately.</summary>
    static async Task<List<double>> ReadAsync(Bench bench, string[] pages, CancellationToken done, int most = int.MaxValue)
    {
        var times = new List<double>();
        for (var i = 0; i < most && !done.IsCancellationRequested; i++)
        {
            var address = i % 2 == 0 ? pages[i % pages.Length] : $"api/news?language=en&limit={1 + (i % 100)}";
            var began = Stopwatch.GetTimestamp();
            await bench.Reader.GetStringAsync(new Uri(address, UriKind.Relative));
            times.Add(Stopwatch.GetElapsedTime(began).TotalMilliseconds);
        }
        return times;
    }

    /// <returns>Seconds.</returns>
    static async Task<double> RawAsync(Bench bench)
    {
        var file = Path.Combine(bench.Folder, "events.copy");
        await bench.SqlAsync("feed", "create table bench.raw (id uuid primary key, data jsonb not null, model jsonb)");
        var began = Stopwatch.GetTimestamp();
        await bench.SqlAsync("publishing", $@"\copy (select stream_id, data from mt_events order by seq_id) to '{file}' (format binary)");
        await bench.SqlAsync("feed", $"create table bench.raw_event (id uuid, data jsonb)");
        await bench.SqlAsync("feed", $@"\copy bench.raw_event from '{file}' (format binary)");
        await bench.SqlAsync(
            "feed",
            """
            insert into bench.raw (id, data) select id, data from bench.raw_event where data ? 'copy' on conflict (id) do nothing;
            insert into bench.raw (id, data) select distinct on (id) id, data from bench.raw_event where data ? 'slug'
            on conflict (id) do update set model = excluded.data
            """
        );
        var seconds = Stopwatch.GetElapsedTime(began).TotalSeconds;
        File.Delete(file);
        await bench.SqlAsync("feed", "drop table bench.raw, bench.raw_event");
        return seconds;
    }
}
