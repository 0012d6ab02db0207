using System.Globalization;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Syndication;

/// <summary>
/// A part of a line that new stories do not change (RFC 5005, section 4): those of a day of UTC, thirty at a time from the day's first. The
/// feed's head has thirty too, and therefore whatever is in no complete part yet.
/// </summary>
/// <param name="Part">From 1.</param>
public sealed record Archive(DateOnly Day, int Part)
{
    const string Form = "yyyy-MM-dd";

    /// <summary>Stories.</summary>
    public const int Size = 30;

    /// <summary>Such as <c>2026-11-24.2</c>.</summary>
    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Day.ToString(Form, CultureInfo.InvariantCulture)}.{Part}");

    /// <exception cref="ProblemException">400 that names the parameter.</exception>
    public static Archive Parse(string parameter, string text) =>
        text.Split('.') is [var day, var part]
        && DateOnly.TryParseExact(day, Form, CultureInfo.InvariantCulture, DateTimeStyles.None, out var its)
        && int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number is >= 1 and <= 1_000_000
        && its < DateOnly.MaxValue
            ? new(its, number)
            : throw ProblemException.BadRequest(parameter, "is no archive of this feed; begin at the feed itself");
}
