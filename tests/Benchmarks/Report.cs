using System.Globalization;
using System.Text.Json;

namespace NewsPlatform.Benchmarks;

/// <summary>One figure beside its limit, each the median of its repetitions.</summary>
/// <param name="Goal">As the project has set it; empty where there is none.</param>
sealed record Row(string Name, string What, string Figure, string Limit, double? Ratio, string Spread, string Goal);

/// <summary>Takes the rows, shows each as it comes, and writes them as Markdown and JSON at the end.</summary>
sealed class Report
{
    readonly List<Row> rows = [];
    readonly List<string> disturbed = [];

    public void Add(Row row)
    {
        rows.Add(row);
        Console.WriteLine(Markdown(row));
    }

    /// <param name="figures">Of the repetitions; so are <paramref name="limits"/>, each measured beside its figure.</param>
    public void Add(
        string name,
        string what,
        IReadOnlyList<double> figures,
        string unit,
        string limit,
        IReadOnlyList<double> limits,
        string goal
    )
    {
        var ratios = figures.Zip(limits, (figure, of) => figure / of).ToList();
        Add(
            new(
                name,
                what,
                $"{Figures.Shown(Figures.Median(figures))} {unit}",
                $"{limit}: {Figures.Shown(Figures.Median(limits))} {unit}",
                Figures.Median(ratios),
                $"{ratios.Min():0.00}–{ratios.Max():0.00}",
                goal
            )
        );
    }

    /// <summary>Says that something else used the machine meanwhile.</summary>
    public void Disturbed(string how)
    {
        disturbed.Add(how);
        Console.WriteLine($"Disturbed: {how}");
    }

    public void Write(string folder, string commit)
    {
        var machine = $"{Environment.ProcessorCount} × {Model()}, " + $"{GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB";
        var text = new List<string>
        {
            $"{DateTime.UtcNow:yyyy-MM-dd}, commit {commit}, {machine}.",
            "",
            "| | what | figure | limit in the same run | ratio | spread | goal |",
            "|---|---|---|---|---|---|---|",
        };
        text.AddRange(rows.Select(Markdown));
        text.AddRange(disturbed.Select(how => $"\nDisturbed: {how}"));
        File.WriteAllLines(Path.Combine(folder, "bench.md"), text);
        File.WriteAllText(
            Path.Combine(folder, "bench.json"),
            JsonSerializer.Serialize(
                new
                {
                    at = DateTime.UtcNow,
                    commit,
                    machine,
                    rows,
                    disturbed,
                },
                Figures.Json
            )
        );
    }

    static string? Model() =>
        File.ReadLines("/proc/cpuinfo").FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(": ")[^1];

    static string Markdown(Row row) =>
        $"| {row.Name} | {row.What} | {row.Figure} | {row.Limit} | {row.Ratio?.ToString("0.00", CultureInfo.InvariantCulture)} "
        + $"| {row.Spread} | {row.Goal} |";
}
