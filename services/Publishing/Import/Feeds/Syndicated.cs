using System.Globalization;
using System.Xml.Linq;
using NewsPlatform.Contracts;

namespace NewsPlatform.Publishing.Import.Feeds;

/// <summary>
/// What RSS and Atom have in common. Only what an import uses is read, so that nothing else of an item, such as an enclosure's length, can
/// be found wrong.
/// </summary>
static class Syndicated
{
    /// <summary>Categories, authors or subjects of one item that are looked at.</summary>
    public const int MaxNames = 500;

    static readonly XNamespace media = "http://search.yahoo.com/mrss/";

    /// <summary>What it holds: HTML that was written as text, or that stands there as elements.</summary>
    public static string? Inner(XElement? element) =>
        element is null ? null
        : element.HasElements ? string.Concat(element.Nodes().Select(node => node.ToString(SaveOptions.DisableFormatting)))
        : element.Value;

    /// <summary>An absolute address; null for what is none, even upon <paramref name="home"/>.</summary>
    public static Uri? Address(string? said, string? home)
    {
        if (string.IsNullOrWhiteSpace(said))
        {
            return null;
        }
        return Uri.TryCreate(said.Trim(), UriKind.Absolute, out var absolute) && !absolute.IsFile ? absolute
            : Uri.TryCreate(home, UriKind.Absolute, out var upon)
            && !upon.IsFile
            && Uri.TryCreate(upon, said.Trim(), out var address)
            && !address.IsFile
                ? address
            : null;
    }

    /// <summary>The first picture that the item names: a medium, a thumbnail, an enclosure.</summary>
    /// <param name="enclosures">The address, media type and title of each.</param>
    public static MediaItem? Picture(XElement element, IEnumerable<(Uri? Address, string? Type, string? Title)> enclosures)
    {
        var medium = element.Descendants(media + "content").FirstOrDefault(IsPicture)
            ?? element.Descendants(media + "thumbnail").FirstOrDefault();
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
        var enclosure = enclosures.FirstOrDefault(e =>
            e.Address is not null && e.Type?.StartsWith("image/", StringComparison.OrdinalIgnoreCase) == true
        );
        return enclosure.Address is null ? null : new() { Url = enclosure.Address.ToString(), Alt = Html.Text(enclosure.Title) };

        string? Of(string name) =>
            (string?)(
                medium!.Element(media + name) ?? (medium.Parent!.Name == media + "group" ? medium.Parent.Element(media + name) : null)
            );
        int? Pixels(string name) =>
            int.TryParse((string?)medium!.Attribute(name), NumberStyles.None, CultureInfo.InvariantCulture, out var pixels)
            && pixels is > 0 and <= 100_000
                ? pixels
                : null;
    }

    static bool IsPicture(XElement medium) =>
        (string?)medium.Attribute("medium") == "image"
        || ((string?)medium.Attribute("type"))?.StartsWith("image/", StringComparison.OrdinalIgnoreCase) == true;
}
