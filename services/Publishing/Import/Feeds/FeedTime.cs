using System.Globalization;
using System.Text.RegularExpressions;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Import.Feeds;

/// <summary>
/// The one reader of the times that feeds say: RFC 3339 with any number of digits, and RFC 822 as it is written in the field.
/// </summary>
public static class FeedTime
{
    static readonly Regex Rfc3339 = Linear(
        @"^(?<date>\d{4}-\d\d-\d\d)[Tt ](?<time>\d\d:\d\d(:\d\d)?)(?<fraction>\.\d+)?(?<zone>[Zz]|[+\-]\d\d:?\d\d)$"
    );

    // The day of the week says nothing that the date does not, and is often wrong.
    static readonly Regex Rfc822 = Linear(
        @"^(\p{L}+\.?,?\s+)?(?<day>\d{1,2})\s+(?<month>[A-Za-z]{3,9})\.?\s+(?<year>\d{4}|\d\d)\s+"
            + @"(?<hour>\d{1,2}):(?<minute>\d\d)(:(?<second>\d\d))?\s*(?<zone>[A-Za-z]+|([A-Za-z]{1,3})?[+\-]\d\d:?\d\d)$"
    );

    static readonly string[] months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

    // Those that RFC 822 names, and UTC. Other letters, such as IST, are of several zones.
    static readonly Dictionary<string, int> zones = new(StringComparer.OrdinalIgnoreCase)
    {
        ["Z"] = 0,
        ["UT"] = 0,
        ["UTC"] = 0,
        ["GMT"] = 0,
        ["EST"] = -5,
        ["EDT"] = -4,
        ["CST"] = -6,
        ["CDT"] = -5,
        ["MST"] = -7,
        ["MDT"] = -6,
        ["PST"] = -8,
        ["PDT"] = -7,
    };

    static Regex Linear(string pattern) =>
        new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture);

    /// <summary>A time that is said; null where none is.</summary>
    /// <exception cref="ProblemException">400: it is said and cannot be read.</exception>
    public static DateTimeOffset? Of(string name, string? said) =>
        string.IsNullOrWhiteSpace(said)
            ? null
            : Read(said.Trim()) ?? throw ProblemException.BadRequest(name, $"'{Html.Cut(said.Trim(), 60)}' is no time with its zone");

    static DateTimeOffset? Read(string said)
    {
        if (said.Length > 100)
        {
            return null;
        }
        if (Rfc3339.Match(said) is { Success: true } iso)
        {
            var fraction = iso.Groups["fraction"].Value;
            var seconds = iso.Groups["time"].Value is { Length: 5 } time ? time + ":00" : iso.Groups["time"].Value;
            return At(iso.Groups["date"].Value + " " + seconds, Offset(iso.Groups["zone"].Value)) is { } whole
                ? whole.AddTicks(fraction.Length == 0 ? 0 : long.Parse(fraction[1..].PadRight(7, '0')[..7], CultureInfo.InvariantCulture))
                : null;
        }
        if (
            Rfc822.Match(said) is not { Success: true } mail
            || Array.FindIndex(months, m => mail.Groups["month"].Value.StartsWith(m, StringComparison.OrdinalIgnoreCase))
                is not (>= 0 and var month)
        )
        {
            return null;
        }
        var year = mail.Groups["year"].Value is { Length: 2 } two
            ? (string.CompareOrdinal(two, "50") < 0 ? "20" : "19") + two
            : mail.Groups["year"].Value;
        var second = mail.Groups["second"] is { Success: true } precise ? precise.Value : "00";
        return At(
            $"{year}-{month + 1:00}-{TwoDigits("day")} {TwoDigits("hour")}:{mail.Groups["minute"].Value}:{second}",
            Offset(mail.Groups["zone"].Value)
        );

        string TwoDigits(string part) => mail.Groups[part].Value.PadLeft(2, '0');
    }

    static DateTimeOffset? At(string local, TimeSpan? offset)
    {
        // A leap second (RFC 3339, section 5.7) is the last one of its minute here.
        local = local.EndsWith(":60", StringComparison.Ordinal) ? local[..^2] + "59" : local;
        if (
            offset is not { } zone
            || !DateTime.TryParseExact(local, "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
        )
        {
            return null;
        }
        var ticks = time.Ticks - zone.Ticks;
        return ticks >= 0 && ticks <= DateTime.MaxValue.Ticks ? new DateTimeOffset(ticks, TimeSpan.Zero) : null;
    }

    static TimeSpan? Offset(string zone)
    {
        if (zones.TryGetValue(zone, out var hours))
        {
            return TimeSpan.FromHours(hours);
        }
        var sign = zone.IndexOfAny(['+', '-']);
        if (sign < 0 || sign > 0 && !zones.ContainsKey(zone[..sign]))
        {
            return null;
        }
        var digits = zone[(sign + 1)..].Replace(":", "", StringComparison.Ordinal);
        var offset = new TimeSpan(
            int.Parse(digits[..2], CultureInfo.InvariantCulture),
            int.Parse(digits[2..], CultureInfo.InvariantCulture),
            0
        );
        return offset > TimeSpan.FromHours(14) ? null
            : zone[sign] == '-' ? -offset
            : offset;
    }
}
