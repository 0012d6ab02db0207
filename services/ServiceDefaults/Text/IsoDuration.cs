using System.Globalization;
using System.Text.RegularExpressions;

namespace NewsPlatform.ServiceDefaults;

/// <summary>
/// A duration of ISO 8601 (section 5.5.2), such as <c>PT24H</c>, <c>P1W</c> or <c>PT1.5H</c>. A year is 365 days and a month is 30, since
/// nothing says which they are.
/// </summary>
public static class IsoDuration
{
    const string Number = @"\d{1,9}(?:[.,]\d{1,9})?";

    static readonly (string Unit, double Days)[] units =
    [
        ("y", 365),
        ("m", 30),
        ("w", 7),
        ("d", 1),
        ("H", 1 / 24d),
        ("M", 1 / 1440d),
        ("S", 1 / 86_400d),
    ];

    static readonly Regex form = new(
        $"^P(?:(?<y>{Number})Y)?(?:(?<m>{Number})M)?(?:(?<w>{Number})W)?(?:(?<d>{Number})D)?"
            + $"(?<time>T(?:(?<H>{Number})H)?(?:(?<M>{Number})M)?(?:(?<S>{Number})S)?)?$",
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture
    );

    /// <summary>Null for what is none, has a fraction of anything but its smallest unit, or is longer than can be counted.</summary>
    public static TimeSpan? Of(string text)
    {
        if (text.Length > 100 || form.Match(text) is not { Success: true } match || match.Groups["time"].Value == "T")
        {
            return null;
        }
        var said = units.Select(unit => (match.Groups[unit.Unit].Value, unit.Days)).Where(part => part.Value.Length > 0).ToList();
        if (said.Count == 0 || said.SkipLast(1).Any(part => part.Value.AsSpan().ContainsAny('.', ',')))
        {
            return null;
        }
        var days = said.Sum(part => double.Parse(part.Value.Replace(',', '.'), CultureInfo.InvariantCulture) * part.Days);
        return days < TimeSpan.MaxValue.TotalDays ? TimeSpan.FromSeconds(Math.Round(days * 86_400, 6)) : null;
    }
}
