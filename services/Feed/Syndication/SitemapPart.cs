using System.Globalization;

namespace NewsPlatform.Feed.Syndication;

/// <summary>Stories of a month and how many of them go before, for months that have more than a file takes.</summary>
sealed record SitemapPart(DateOnly Month, int Number)
{
    public string Path => string.Create(CultureInfo.InvariantCulture, $"/sitemaps/{Month:yyyy-MM}{(Number == 1 ? "" : $"-{Number}")}.xml");

    /// <summary>Null for what is no name of a file.</summary>
    public static SitemapPart? Parse(string file) =>
        file.Split('-') is [var year, var month, .. var rest]
        && rest.Length < 2
        && DateOnly.TryParseExact($"{year}-{month}-01", "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var its)
        && int.TryParse(rest is [var text] ? text : "1", NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number is >= 1 and <= 10_000
            ? new(its, number)
            : null;
}
