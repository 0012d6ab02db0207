using System.Globalization;
using System.ServiceModel.Syndication;
using System.Xml;
using System.Xml.Linq;
using NewsPlatform.Contracts;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Import.Feeds;

/// <summary>What RSS and Atom have in common.</summary>
static class Syndicated
{
    static readonly XNamespace media = "http://search.yahoo.com/mrss/";

    /// <exception cref="Refusal">400: it is not what the standard says.</exception>
    public static SyndicationItem Read(XElement element, SyndicationItemFormatter formatter)
    {
        try
        {
            using var reader = element.CreateReader();
            reader.MoveToContent();
            formatter.ReadFrom(reader);
            return formatter.Item;
        }
        catch (Exception fault) when (fault is XmlException or FormatException)
        {
            throw Refusal.Unreadable("item", fault.Message);
        }
    }

    /// <summary>The item's page.</summary>
    public static Uri? Address(SyndicationItem item, string? site)
    {
        var link = item.Links.FirstOrDefault(l => l.RelationshipType is null or "alternate")?.GetAbsoluteUri() ?? item.Links.FirstOrDefault(l => l.RelationshipType is null or "alternate")?.Uri;
        return link is { IsAbsoluteUri: true } ? link
            : Uri.TryCreate(site, UriKind.Absolute, out var home) ? link is null ? null : new Uri(home, link)
            : null;
    }

    /// <summary>A time that is said; null where none is.</summary>
    /// <exception cref="Refusal">400: it is said and cannot be read.</exception>
    public static DateTimeOffset? Time(string name, string? said, Func<DateTimeOffset>? read)
    {
        if (string.IsNullOrWhiteSpace(said))
        {
            return null;
        }
        if (DateTimeOffset.TryParseExact(said.Trim(), ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK"], CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            && (said.Contains('Z', StringComparison.OrdinalIgnoreCase) || said.LastIndexOfAny(['+', '-']) > 10))
        {
            return time;
        }
        try
        {
            return read?.Invoke() is { } known && known != default ? known : throw new FormatException();
        }
        catch (Exception fault) when (fault is XmlException or FormatException or ArgumentOutOfRangeException)
        {
            throw Refusal.Unreadable(name, $"'{Html.Cut(said.Trim(), 60)}' is no time with its zone");
        }
    }

    /// <summary>The first picture that the item names: a medium, a thumbnail, an enclosure.</summary>
    public static MediaItem? Picture(XElement element, SyndicationItem item)
    {
        var medium = element.Descendants(media + "content").FirstOrDefault(IsPicture) ?? element.Descendants(media + "thumbnail").FirstOrDefault();
        if ((string?)medium?.Attribute("url") is { } url)
        {
            return new()
            {
                Url = url.Trim(),
                Alt = Html.Text(Of("description") ?? Of("title")),
                Credit = Html.Text(Of("credit")) is { Length: > 0 } credit ? credit : null,
                Width = Pixels("width"),
                Height = Pixels("height"),
            };
        }
        var enclosure = item.Links.FirstOrDefault(l => l.RelationshipType == "enclosure" && l.MediaType?.StartsWith("image/", StringComparison.OrdinalIgnoreCase) == true);
        return enclosure is null ? null : new() { Url = (enclosure.GetAbsoluteUri() ?? enclosure.Uri).ToString(), Alt = Html.Text(enclosure.Title) };

        string? Of(string name) => (string?)(medium!.Element(media + name) ?? (medium.Parent!.Name == media + "group" ? medium.Parent.Element(media + name) : null));
        int? Pixels(string name) => int.TryParse((string?)medium!.Attribute(name), NumberStyles.None, CultureInfo.InvariantCulture, out var pixels) && pixels is > 0 and <= 100_000 ? pixels : null;
    }

    static bool IsPicture(XElement medium) => (string?)medium.Attribute("medium") == "image"
        || ((string?)medium.Attribute("type"))?.StartsWith("image/", StringComparison.OrdinalIgnoreCase) == true;
}
