using System.Text.Json;
using System.Text.RegularExpressions;
using NewsPlatform.TestSupport;

namespace NewsPlatform.Platform.Tests.Fuzz;

/// <summary>What services wrote into their logs since they were looked at last.</summary>
public sealed partial class Logs(Stack stack)
{
    readonly Dictionary<string, int> seen = FuzzedStack.Services.ToDictionary(service => service, service => stack[service].Output.Count);

    /// <summary>
    /// Errors and stack traces, each with how often it was written: who refuses a request has nothing to say of it there, or whoever asks
    /// could fill the disk.
    /// </summary>
    public IReadOnlyList<string> Faults() =>
        [
            .. FuzzedStack
                .Services.SelectMany(service => stack[service].Output.Skip(seen[service]).Select(line => Fault(service, line)))
                .OfType<string>()
                .GroupBy(fault => fault)
                .OrderByDescending(g => g.Count())
                .Select(g => $"{g.Count()} times {g.Key}"),
        ];

    static string? Fault(string service, string line)
    {
        if (!line.StartsWith('{'))
        {
            return $"{service}: {Same(line)}";
        }
        using var read = JsonDocument.Parse(line);
        var (level, exception) = (
            read.RootElement.GetProperty("LogLevel").GetString(),
            read.RootElement.TryGetProperty("Exception", out var said) ? said.GetString() : null
        );
        if (level is not ("Error" or "Critical") && exception is null)
        {
            return null;
        }
        var (category, message) = (
            read.RootElement.GetProperty("Category").GetString(),
            read.RootElement.GetProperty("Message").GetString()
        );
        return $"{service} {level} {category}: {Same(exception ?? message ?? "")}";
    }

    /// <summary>Its first line without what differs each time.</summary>
    static string Same(string text) =>
        Numbers().Replace(text.Split('\n')[0] is { Length: > 200 } first ? first[..200] : text.Split('\n')[0], "N");

    [GeneratedRegex("[0-9a-f]{8}-[0-9a-f-]{27}|[0-9]+")]
    private static partial Regex Numbers();
}
