using System.Collections.Concurrent;
using System.Text;
using NewsPlatform.TestSupport;

namespace NewsPlatform.Platform.Tests.Fuzz;

/// <summary>What was found wrong, by what it is and where; one request of each kind is shown whole.</summary>
public sealed class Findings(Uri server)
{
    const int Shown = 40;

    readonly ConcurrentBag<(string Fault, Attempt Attempt, RawAnswer Answer)> found = [];

    public void Add(Attempt attempt, RawAnswer answer, IEnumerable<string> faults)
    {
        foreach (var fault in faults)
        {
            found.Add((fault, attempt, answer));
        }
    }

    /// <summary>For whoever reads a failed test; all of it is kept in a file beside the tests.</summary>
    /// <param name="others">What was found that is no one request's.</param>
    /// <returns>Nothing when nothing was.</returns>
    public async Task<string> SayAsync(string name, IReadOnlyList<string> others)
    {
        var kinds = found
            .GroupBy(f => (f.Fault, f.Attempt.Operation.Name))
            .OrderBy(g => g.Key.Fault, StringComparer.Ordinal)
            .ThenBy(g => g.Key.Name, StringComparer.Ordinal)
            .ToArray();
        var folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "fuzz"));
        await File.WriteAllLinesAsync(
            Path.Combine(folder.FullName, $"{name}.txt"),
            found
                .OrderBy(f => f.Fault, StringComparer.Ordinal)
                .ThenBy(f => f.Attempt.ToString(), StringComparer.Ordinal)
                .Select(f => $"{f.Fault}\t{f.Attempt}\t{f.Answer.ToString().ReplaceLineEndings(" ")}\t{f.Attempt.Request.Curl(server)}")
                .Concat(others)
        );
        if (found.IsEmpty && others.Count == 0)
        {
            return "";
        }
        var said = new StringBuilder(
            $"{found.Count} faults of {kinds.Length} kinds; all of them are in {folder.Name}/{name}.txt beside the tests\n"
        );
        foreach (var other in others)
        {
            said.AppendLine($"- {other}");
        }
        foreach (var kind in kinds.Take(Shown))
        {
            var (_, attempt, answer) = kind.OrderBy(f => f.Attempt.Request.Bytes("").Length).First();
            said.AppendLine(
                $"- {kind.Key.Fault}: {kind.Key.Name}, {kind.Count()} times, such as by {attempt.Player.Name}: {attempt.Mutation}\n"
                    + $"    {attempt.Request.Curl(server)}\n    {answer.ToString().ReplaceLineEndings(" ")}"
            );
        }
        return said.ToString();
    }
}
