using System.Xml.Linq;
using NewsPlatform.Publishing.Import.Items;

namespace NewsPlatform.Publishing.Import.Feeds;

/// <summary>RSS 2.0 with the usual modules: <c>content</c>, <c>dc</c> and <c>media</c>.</summary>
public sealed class RssChannel(Edition edition)
{
    static readonly XNamespace content = "http://purl.org/rss/1.0/modules/content/";
    static readonly XNamespace dc = "http://purl.org/dc/elements/1.1/";
    static readonly XNamespace atom = "http://www.w3.org/2005/Atom";
    readonly Names names = new();
    string? language,
        link;

    /// <summary>How to read an item; null for what says something of the channel.</summary>
    public Func<ImportItem>? Take(XElement element)
    {
        switch (element.Name.LocalName)
        {
            case "item":
                var (itsLanguage, itsSite) = (language, link);
                return names.Fault((string?)element.Element("guid"), (string?)element.Element("link"))
                    ?? (() => Read(element, itsLanguage, itsSite).For(edition));
            case "language" when element.Name.Namespace == XNamespace.None:
                language = element.Value;
                break;
            case "link" when element.Name.Namespace == XNamespace.None:
                link = element.Value.Trim();
                break;
        }
        return null;
    }

    FeedItem Read(XElement element, string? channelLanguage, string? site)
    {
        var address = Syndicated.Address((string?)element.Element("link"), site)
            ?? Syndicated.Address((string?)element.Elements(atom + "link").FirstOrDefault(IsItself)?.Attribute("href"), site);
        var description = Syndicated.Inner(element.Element("description"));
        var whole = Syndicated.Inner(element.Element(content + "encoded"));
        return new()
        {
            Identity = (string?)element.Element("guid") is { } guid && guid.Trim().Length > 0 ? guid : address?.ToString(),
            Address = address,
            Site = site,
            Headline = Html.Text(Syndicated.Inner(element.Element("title"))),
            Body = Html.Body(whole ?? description, address, linesAreBreaks: whole is null),
            Summary = whole is null ? "" : Html.Text(description),
            Bylines = [.. Authors(element)],
            Language = edition.Language((string?)element.Element(dc + "language"), channelLanguage),
            Labels = element
                .Elements("category")
                .Concat(element.Elements(dc + "subject"))
                .Take(Syndicated.MaxNames)
                .Select(c => new FeedLabel(Html.Text(c.Value))),
            PublishedAt = FeedTime.Of("pubDate", (string?)element.Element("pubDate"))
                ?? FeedTime.Of("dc:date", (string?)element.Element(dc + "date")),
            Picture = Syndicated.Picture(
                element,
                element
                    .Elements("enclosure")
                    .Select(e => (Syndicated.Address((string?)e.Attribute("url"), site), (string?)e.Attribute("type"), (string?)null))
            ),
        };
    }

    static bool IsItself(XElement link) => (string?)link.Attribute("rel") is null or "alternate";

    /// <summary>RSS names authors by mail, <c>mail@example.org (A. Writer)</c>; only the name is the readers'.</summary>
    static IEnumerable<string> Authors(XElement element) =>
        element
            .Elements(dc + "creator")
            .Take(Syndicated.MaxNames)
            .Select(c => Html.Text(c.Value))
            .Concat(element.Elements("author").Take(Syndicated.MaxNames).Select(a => NameOf(a.Value.Trim())))
            .Where(name => name.Length > 0)
            .Distinct();

    static string NameOf(string author) =>
        author.IndexOf('(', StringComparison.Ordinal) is >= 0 and var at ? author[(at + 1)..].TrimEnd(')', ' ')
        : author.Contains('@', StringComparison.Ordinal) ? ""
        : author;
}
