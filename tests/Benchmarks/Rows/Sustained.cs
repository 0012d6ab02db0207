using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;

namespace NewsPlatform.Benchmarks.Rows;

/// <summary>
/// How many stories a second 32 editors draft and publish without the readers' falling behind, beside single-row commits of pgbench into
/// the same PostgreSQL.
/// </summary>
static partial class Sustained
{
    const int Editors = 32;
    static readonly TimeSpan measured = TimeSpan.FromSeconds(15);

    public static async Task RunAsync(Bench bench)
    {
        var lags = new List<double>();
        var (figures, limits) = await bench.InTurnAsync(
            async () =>
            {
                var (rate, lag) = await PublishAsync(bench);
                lags.Add(lag);
                return rate;
            },
            () => CommitsAsync(bench)
        );
        bench.Report.Add(
            "P6",
            $"stories a second, {Editors} editors (the last is on the line {Figures.Shown(Figures.Median(lags))} s after)",
            figures,
            "stories/s",
            "pgbench, single-row commits",
            limits,
            "≥ 200/s"
        );
    }

    static async Task<(double Rate, double Lag)> PublishAsync(Bench bench)
    {
        var (stories, last, began) = (0, Guid.Empty, Stopwatch.GetTimestamp());
        await Task.WhenAll(
            Enumerable
                .Range(0, Editors)
                .Select(async editor =>
                {
                    while (Stopwatch.GetElapsedTime(began) < measured)
                    {
                        var id = await bench.Editor.DraftAsync($"Sustained {editor}", $"sustained-{editor}");
                        await bench.Editor.PublishAsync(id);
                        Interlocked.Increment(ref stories);
                        last = id;
                    }
                })
        );
        var ended = Stopwatch.GetTimestamp();
        await bench.OnTheLineAsync(last);
        return (stories / Stopwatch.GetElapsedTime(began, ended).TotalSeconds, Stopwatch.GetElapsedTime(ended).TotalSeconds);
    }

    static async Task<double> CommitsAsync(Bench bench)
    {
        var script = Path.Combine(bench.Folder, "commit.sql");
        await File.WriteAllTextAsync(script, "insert into bench_commit (headline) values ('One row');\n");
        await bench.SqlAsync("postgres", "create table if not exists bench_commit (id bigserial primary key, headline text)");
        var said = await Tool.RunAsync(
            "env",
            [
                $"PGPASSWORD={bench.Stack.Server("POSTGRES_PASSWORD")}",
                "pgbench",
                "-n",
                "-h",
                bench.Stack.Server("POSTGRES_HOST"),
                "-p",
                bench.Stack.Server("POSTGRES_PORT"),
                "-U",
                "postgres",
                "-c",
                $"{Editors}",
                "-j",
                "1",
                "-T",
                "5",
                "-f",
                script,
                "postgres",
            ]
        );
        await bench.SqlAsync("postgres", "drop table bench_commit");
        return double.Parse(Rate().Match(said).Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"tps = ([\d.]+) \(")]
    private static partial Regex Rate();
}
