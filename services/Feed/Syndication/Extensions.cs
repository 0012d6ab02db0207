using System.Globalization;
using System.ServiceModel.Syndication;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using NewsPlatform.Feed.Localization;

namespace NewsPlatform.Feed.Syndication;

/// <summary>What RSS and Atom have in common beyond their own elements.</summary>
static class Extensions
{
    public static readonly XNamespace Atom = "http://www.w3.org/2005/Atom";
    public static readonly XNamespace DublinCore = "http://purl.org/dc/elements/1.1/";
    public static readonly XNamespace Encoded = "http://purl.org/rss/1.0/modules/content/";
    public static readonly XNamespace History = "http://purl.org/syndication/history/1.0";
    public static readonly XNamespace Media = "http://search.yahoo.com/mrss/";
    public static readonly XNamespace Tombstones = "http://purl.org/atompub/tombstones/1.0";

    /// <summary>Under the names by which readers that look for no more than these know them.</summary>
    public static void Declare(this SyndicationFeed feed, params ReadOnlySpan<(string Prefix, XNamespace Namespace)> names)
    {
        foreach (var (prefix, name) in names)
        {
            feed.AttributeExtensions.Add(new(prefix, XNamespace.Xmlns.NamespaceName), name.NamespaceName);
        }
    }

    public static void Add(this SyndicationElementExtensionCollection extensions, XElement element)
    {
        using var reader = element.CreateReader();
        extensions.Add(reader);
    }

    /// <summary>The archive's mark (RFC 5005, section 4).</summary>
    public static void AddHistory(this SyndicationFeed feed, FeedDocument document)
    {
        if (document.IsArchive)
        {
            feed.ElementExtensions.Add(new XElement(History + "archive"));
        }
    }

    /// <summary>Media RSS 1.5.1.</summary>
    public static void AddMedia(this SyndicationItem item, Entry entry)
    {
        foreach (var medium in entry.Media)
        {
            item.ElementExtensions.Add(
                new XElement(
                    Media + "content",
                    new XAttribute("url", medium.Url),
                    new XAttribute("medium", medium.Kind),
                    medium.Type is null ? null : new XAttribute("type", medium.Type),
                    Number("width", medium.Item.Width),
                    Number("height", medium.Item.Height),
                    Number("duration", medium.Item.Duration),
                    Text("title", medium.Item.Alt),
                    Text("description", medium.Item.Caption),
                    string.IsNullOrEmpty(medium.Item.Credit) ? null : new XElement(Media + "credit", medium.Item.Credit)
                )
            );
        }
    }

    public static byte[] Write(this SyndicationFeedFormatter formatter)
    {
        using var bytes = new MemoryStream();
        using (
            var writer = XmlWriter.Create(
                bytes,
                new XmlWriterSettings { Encoding = new UTF8Encoding(false), NewLineHandling = NewLineHandling.Entitize }
            )
        )
        {
            formatter.WriteTo(writer);
        }
        return bytes.ToArray();
    }

    public static string Time(DateTimeOffset time) => Times.Exact(time);

    static XAttribute? Number(string name, int? value) =>
        value is { } number ? new(name, number.ToString(CultureInfo.InvariantCulture)) : null;

    static XElement? Text(string name, string? text) =>
        string.IsNullOrEmpty(text) ? null : new(Media + name, new XAttribute("type", "plain"), text);
}
