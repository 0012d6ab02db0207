using System.Globalization;
using System.Text.RegularExpressions;

namespace NewsPlatform.Benchmarks;

/// <summary>wrk (https://github.com/wg/wrk) on the second core: what a server on the first one answers in a second.</summary>
static partial class Wrk
{
    public static async Task<double> PerSecondAsync(Uri address, params string[] headers)
    {
        string[] arguments =
        [
            "-c",
            "1",
            "wrk",
            "-t1",
            "-c32",
            "-d4s",
            .. headers.SelectMany(header => new[] { "-H", header }),
            address.ToString(),
        ];
        var said = await Tool.RunAsync("taskset", arguments);
        return Bad().Match(said) is { Success: true } bad
            ? throw new InvalidOperationException($"{address}: {bad.Value}")
            : double.Parse(Rate().Match(said).Groups[1].Value, CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"Requests/sec:\s+([\d.]+)")]
    private static partial Regex Rate();

    [GeneratedRegex(@"(Non-2xx or 3xx responses|Socket errors).*")]
    private static partial Regex Bad();
}
