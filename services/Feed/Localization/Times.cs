using System.Globalization;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Localization;

/// <summary>How pages write a moment: for people by the portal's own clock, for machines in UTC.</summary>
public static class Times
{
    public static string Minute(this PortalOptions portal, DateTimeOffset time) => Local(portal, time, "HH:mm");

    public static string Day(this PortalOptions portal, DateTimeOffset time) => Local(portal, time, "dd.MM.yyyy");

    /// <summary>The date as people of that language write it in full.</summary>
    public static string Date(this PortalOptions portal, DateTimeOffset time, string language) =>
        TimeZoneInfo
            .ConvertTime(time, portal.Zone)
            .ToString(
                "D",
                // Plain "en" is American; the portal's days come before its months.
                CultureInfo.GetCultureInfo(language == "en" ? "en-GB" : language)
            );

    /// <summary>When the portal's next day begins.</summary>
    public static DateTimeOffset NextDay(this PortalOptions portal, DateTimeOffset time)
    {
        var tomorrow = TimeZoneInfo.ConvertTime(time, portal.Zone).Date.AddDays(1);
        return new(tomorrow, portal.Zone.GetUtcOffset(tomorrow));
    }

    /// <summary>When a day of UTC begins.</summary>
    public static DateTimeOffset Start(DateOnly day) => new(day, TimeOnly.MinValue, TimeSpan.Zero);

    /// <summary>The day of UTC.</summary>
    public static DateOnly Day(DateTimeOffset time) => DateOnly.FromDateTime(time.UtcDateTime);

    /// <summary>To the second: HTML takes no more than three digits of its fraction.</summary>
    public static string Utc(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>As exact as the lines are ordered, and as the API writes it.</summary>
    public static string Exact(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFF'Z'", CultureInfo.InvariantCulture);

    /// <summary>To the 100 nanoseconds.</summary>
    public static string Exactly(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);

    static string Local(PortalOptions portal, DateTimeOffset time, string format) =>
        TimeZoneInfo.ConvertTime(time, portal.Zone).ToString(format, CultureInfo.InvariantCulture);
}
