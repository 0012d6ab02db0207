using System.Globalization;
using System.Text.RegularExpressions;

namespace NewsPlatform.Notifications.Subscriptions;

/// <summary>The hours of each day in which only what cannot wait is pushed; over midnight where they end earlier than they begin.</summary>
/// <param name="From">Local time, <c>22:00</c>.</param>
/// <param name="To">Local time, <c>07:00</c>.</param>
/// <param name="Zone">Whose clock: a time zone of IANA's.</param>
public sealed partial record QuietHours(string From, string To, string Zone)
{
    /// <summary>What is wrong with it, by member; nothing when it can be kept.</summary>
    public static IReadOnlyDictionary<string, string[]> Faults(QuietHours hours)
    {
        var faults = new Dictionary<string, string[]>();
        foreach (var (member, time) in new[] { ("quietHours.from", hours.From), ("quietHours.to", hours.To) })
        {
            if (Time(time) is null)
            {
                faults[member] = ["must be a time such as 22:00"];
            }
        }
        if (faults.Count == 0 && hours.From == hours.To)
        {
            faults["quietHours.to"] = ["must be another time than from"];
        }
        if (hours.Zone is null || !ZoneName().IsMatch(hours.Zone) || !TimeZoneInfo.TryFindSystemTimeZoneById(hours.Zone, out _))
        {
            faults["quietHours.zone"] = ["must be a time zone such as Asia/Baku"];
        }
        return faults;
    }

    /// <summary>When the quiet hours end in which a moment lies; null when it lies in none.</summary>
    public DateTimeOffset? EndAfter(DateTimeOffset at)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(Zone);
        var (from, to) = (Time(From)!.Value, Time(To)!.Value);
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(at, zone).DateTime);
        // Those that began yesterday, today's, and a clock that was put over midnight.
        for (var day = today.AddDays(-1); day <= today.AddDays(1); day = day.AddDays(1))
        {
            var (begin, end) = (Instant(day, from, zone, last: false), Instant(to > from ? day : day.AddDays(1), to, zone, last: true));
            if (begin <= at && at < end)
            {
                return end;
            }
        }
        return null;
    }

    /// <summary>
    /// The moment at which a local clock shows a time. One that it skips is taken by the offset before (RFC 5545, section 3.3.5); of one
    /// that it shows twice the first begins quiet hours and the last ends them, so that they are not interrupted.
    /// </summary>
    static DateTimeOffset Instant(DateOnly day, TimeOnly time, TimeZoneInfo zone, bool last)
    {
        var local = day.ToDateTime(time);
        if (zone.IsAmbiguousTime(local))
        {
            var offsets = zone.GetAmbiguousTimeOffsets(local);
            return new(local, last ? offsets.Min() : offsets.Max());
        }
        return new(local, zone.IsInvalidTime(local) ? zone.GetUtcOffset(local.AddHours(-3)) : zone.GetUtcOffset(local));
    }

    static TimeOnly? Time(string? text) =>
        TimeOnly.TryParseExact(text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time) ? time : null;

    [GeneratedRegex(@"^[A-Za-z][A-Za-z0-9_+-]{0,31}(/[A-Za-z0-9_+-]{1,31}){0,2}\z")]
    private static partial Regex ZoneName();
}
