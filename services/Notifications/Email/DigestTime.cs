namespace NewsPlatform.Notifications.Email;

/// <summary>When digests come: once on every day of the subscriber's, whatever the clocks there do.</summary>
public static class DigestTime
{
    /// <summary>
    /// The first time after another one at which a day's hour begins. An hour that is skipped begins when it would have ended; one that
    /// comes twice, the first time.
    /// </summary>
    public static DateTimeOffset Next(DateTimeOffset after, int hour, TimeZoneInfo zone)
    {
        var day = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(after, zone).DateTime);
        while (Of(day, hour, zone) <= after)
        {
            day = day.AddDays(1);
        }
        return Of(day, hour, zone);
    }

    static DateTimeOffset Of(DateOnly day, int hour, TimeZoneInfo zone)
    {
        var local = day.ToDateTime(new TimeOnly(hour, 0));
        while (zone.IsInvalidTime(local))
        {
            local = local.AddMinutes(1);
        }
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }
}
