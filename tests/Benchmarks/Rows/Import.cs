using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace NewsPlatform.Benchmarks.Rows;

/// <summary>An archive that is imported, until its last article is on the line, beside COPY of the same lines into one table.</summary>
static class Import
{
    const int Articles = 10_000,
        NewsAlone = 50;

    static readonly string[] words =
        "harbour council vote bridge river school market minister train storm museum library budget tram festival court water energy".Split(
            ' '
        );

    public static async Task RunAsync(Bench bench)
    {
        var (figures, limits) = (new List<double>(), new List<double>());
        var before = bench.Stack.ProcessorTime();
        for (var i = 0; i < bench.Repetitions; i++)
        {
            var (lines, last) = Write(bench, i);
            var began = Stopwatch.GetTimestamp();
            await ImportAsync(bench, lines);
            await bench.OnTheLineAsync(last);
            figures.Add(Articles / Stopwatch.GetElapsedTime(began).TotalSeconds);
            limits.Add(await CopyAsync(bench, lines));
            File.Delete(lines);
        }
        var milliseconds = bench
            .Stack.ProcessorTime()
            .Select(process => (process.Key, Each: (process.Value - before[process.Key]) * 1000 / (Articles * bench.Repetitions)))
            .OrderByDescending(process => process.Each)
            .Select(process => $"{process.Key} {Figures.Shown(process.Each)}");
        bench.Report.Add(
            "P7",
            $"import of {Articles:#,0} articles until on the line (ms of processor for each: {string.Join(", ", milliseconds)})",
            figures,
            "articles/s",
            "COPY of the same lines",
            limits,
            "≥ 0.25"
        );
        await MeasureNewsAsync(bench);
    }

    /// <summary>What is published while the archive comes in.</summary>
    static async Task MeasureNewsAsync(Bench bench)
    {
        var (meanwhile, alone) = (new List<double>(), new List<double>());
        for (var i = 0; i < NewsAlone; i++)
        {
            alone.Add(await PublishAsync(bench));
        }
        var (lines, last) = Write(bench, bench.Repetitions);
        var importing = ImportAsync(bench, lines);
        while (!await IsOnTheLineAsync(bench, last))
        {
            meanwhile.Add(await PublishAsync(bench));
        }
        await importing;
        File.Delete(lines);
        bench.Report.Add(
            new(
                "P11",
                "publish → on the line while an archive is imported, median",
                $"{Figures.Shown(Figures.Median(meanwhile))} ms",
                $"when none is: {Figures.Shown(Figures.Median(alone))} ms",
                Figures.Median(meanwhile) / Figures.Median(alone),
                $"{meanwhile.Min():0}–{meanwhile.Max():0} ms",
                ""
            )
        );
    }

    static async Task<double> PublishAsync(Bench bench)
    {
        var id = await bench.Editor.DraftAsync("Beside an import", "import");
        var began = Stopwatch.GetTimestamp();
        await bench.Editor.PublishAsync(id);
        await bench.OnTheLineAsync(id);
        return Stopwatch.GetElapsedTime(began).TotalMilliseconds;
    }

    static async Task<bool> IsOnTheLineAsync(Bench bench, Guid id)
    {
        using var answer = await bench.Reader.GetAsync(new Uri($"api/news/{id}", UriKind.Relative));
        return answer.IsSuccessStatusCode;
    }

    static async Task ImportAsync(Bench bench, string lines)
    {
        using var content = new StreamContent(File.OpenRead(lines));
        content.Headers.ContentType = new("application/x-ndjson");
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/import?publish=true") { Content = content };
        using var answer = await bench.Editor.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        await foreach (var line in ReadLinesAsync(await answer.Content.ReadAsStreamAsync()))
        {
            if (!line.Contains("\"imported\"", StringComparison.Ordinal))
            {
                throw new InvalidOperationException(line);
            }
        }
    }

    static (string Path, Guid Last) Write(Bench bench, int seed)
    {
        var lines = Path.Combine(bench.Folder, "archive.ndjson");
        return (lines, Write(lines, Articles, seed));
    }

    static async IAsyncEnumerable<string> ReadLinesAsync(Stream answer)
    {
        using var reader = new StreamReader(answer);
        while (await reader.ReadLineAsync() is { } line)
        {
            yield return line;
        }
    }

    /// <returns>The article of the last line.</returns>
    static Guid Write(string path, int articles, int seed)
    {
        var chance = new Random(seed);
        using var file = new StreamWriter(path);
        var (last, at) = (Guid.Empty, new DateTimeOffset(2020, 1, 1, 0, 0, 0, TimeSpan.Zero));
        for (var i = 0; i < articles; i++)
        {
            last = Guid.NewGuid();
            var body = new StringBuilder();
            for (var paragraph = 0; paragraph < 8; paragraph++)
            {
                body.Append("<p>").Append(string.Join(' ', chance.GetItems(words, 45))).Append(".</p>");
            }
            at = at.AddMinutes(3);
            file.WriteLine(
                JsonSerializer.Serialize(
                    new
                    {
                        id = last,
                        headline = $"{string.Join(' ', chance.GetItems(words, 6))} {seed} {i}",
                        category = "general",
                        language = "en",
                        body = body.ToString(),
                        keywords = chance.GetItems(words, 3).Distinct(),
                        publishedAt = at.ToString("O", CultureInfo.InvariantCulture),
                    }
                )
            );
        }
        return last;
    }

    static async Task<double> CopyAsync(Bench bench, string lines)
    {
        await bench.SqlAsync("postgres", "create table bench_copy (line jsonb)");
        // A separator and a quote that JSON does not contain, so that each line is one value.
        var began = Stopwatch.GetTimestamp();
        await bench.SqlAsync("postgres", $@"\copy bench_copy from '{lines}' with (format csv, delimiter E'\x01', quote E'\x02')");
        var rate = Articles / Stopwatch.GetElapsedTime(began).TotalSeconds;
        await bench.SqlAsync("postgres", "drop table bench_copy");
        return rate;
    }
}
