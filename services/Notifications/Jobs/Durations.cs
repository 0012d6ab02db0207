using System.Globalization;

namespace NewsPlatform.Notifications.Jobs;

/// <summary>
/// Lengths of time as operators write them: <c>500ms</c>, <c>5s</c>, <c>30m</c>, <c>2h</c>, <c>1d</c>, several with commas between.
/// </summary>
public static class Durations
{
    static readonly TimeSpan longest = TimeSpan.FromDays(30);

    /// <exception cref="FormatException">Says which part is none, or that there is none at all.</exception>
    public static IReadOnlyList<TimeSpan> Parse(string text)
    {
        var parts = text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return parts.Length > 0 ? [.. parts.Select(One)] : throw new FormatException("at least one length of time such as 5s is needed");
    }

    static TimeSpan One(string part)
    {
        var digits = part.AsSpan().IndexOfAnyExceptInRange('0', '9');
        var unit =
            digits <= 0
                ? TimeSpan.Zero
                : part[digits..] switch
                {
                    "ms" => TimeSpan.FromMilliseconds(1),
                    "s" => TimeSpan.FromSeconds(1),
                    "m" => TimeSpan.FromMinutes(1),
                    "h" => TimeSpan.FromHours(1),
                    "d" => TimeSpan.FromDays(1),
                    _ => TimeSpan.Zero,
                };
        return
            unit > TimeSpan.Zero
            && int.TryParse(part.AsSpan(0, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && number > 0
            && number <= longest / unit
            ? number * unit
            : throw new FormatException($"'{part}' is no length of time from 1ms to 30d such as 500ms, 5s, 30m, 2h or 1d");
    }
}
