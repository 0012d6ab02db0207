using System.Globalization;
using NewsPlatform.Benchmarks;
using NewsPlatform.Benchmarks.Rows;
using NewsPlatform.TestSupport;

// Measures the stack that deploy/bench.sh has started, row by row, each beside its limit in the same run.
CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
(string Name, Func<Bench, Task> Run)[] rows =
[
    ("idle", Idle.RunAsync),
    ("story", StoryCost.RunAsync),
    ("latency", Latency.RunAsync),
    ("lines", Lines.RunAsync),
    ("edge", Edge.RunAsync),
    ("crowd", Crowd.RunAsync),
    ("streams", QuietStreams.RunAsync),
    ("sustained", Sustained.RunAsync),
    ("webhooks", Webhooks.RunAsync),
    ("pushes", Pushes.RunAsync),
    ("outage", Outage.RunAsync),
    ("import", Import.RunAsync),
    ("search", Searches.RunAsync),
    ("rebuild", Rebuild.RunAsync),
    ("million", Million.RunAsync),
];
if (args.Except(rows.Select(row => row.Name)).ToArray() is { Length: > 0 } unknown)
{
    Console.Error.WriteLine($"There is no {string.Join(", ", unknown)}; there are: {string.Join(", ", rows.Select(row => row.Name))}");
    return 2;
}

var stack = new Installation(Repository.Root);
using var editor = new Editor(stack.Gateway, stack.Key);
using var reader = new HttpClient { BaseAddress = stack.Gateway };
var report = new Report();
var folder = Directory.CreateDirectory(Path.Combine(Repository.Root, ".local", "bench")).FullName;
var repetitions = int.Parse(Environment.GetEnvironmentVariable("BENCH_REPETITIONS") ?? "3");
var bench = new Bench(stack, editor, reader, report, repetitions, folder);

// A new stack's tables are not known to the planner yet; PostgreSQL would see to it by itself within minutes.
foreach (var database in new[] { "publishing", "feed", "notifications" })
{
    await bench.SqlAsync(database, "vacuum analyze");
}
foreach (var (name, run) in rows.Where(row => args.Length == 0 || args.Contains(row.Name)))
{
    var others = new OtherLoad(stack);
    await run(bench);
    if (others.Share > 0.1)
    {
        report.Disturbed($"other programs had {others.Share:P0} of the machine while {name} was measured.");
    }
}
report.Write(folder, Environment.GetEnvironmentVariable("BENCH_COMMIT") ?? "unknown");
return 0;
