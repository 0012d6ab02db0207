using System.ServiceModel.Syndication;
using System.Xml.Linq;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Import.Feeds;

/// <summary>RSS 2.0 with the usual modules: <c>content</c>, <c>dc</c> and <c>media</c>.</summary>
public sealed class RssChannel(Edition edition)
{
    static readonly XNamespace content = "http://purl.org/rss/1.0/modules/content/";
    static readonly XNamespace dc = "http://purl.org/dc/elements/1.1/";
    string? language, link;

    /// <summary>How to read an item; null for what says something of the channel.</summary>
    public Func<ImportItem>? Take(XElement element)
    {
        switch (element.Name.LocalName)
        {
            case "item":
                var (itsLanguage, itsSite) = (language, link);
                return () => Read(element, itsLanguage, itsSite).For(edition);
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
        var item = Syndicated.Read(element, new Rss20ItemFormatter());
        var address = Syndicated.Address(item, site);
        var description = (string?)element.Element("description");
        var whole = (string?)element.Element(content + "encoded");
        return new()
        {
            Identity = item.Id ?? address?.ToString(),
            Site = site,
            Headline = Html.Text(item.Title?.Text),
            Body = Html.Body(whole ?? description, address, linesAreBreaks: whole is null),
            Summary = whole is null ? "" : Html.Text(description),
            Bylines = [.. Authors(element, item)],
            Language = edition.Language((string?)element.Element(dc + "language"), channelLanguage),
            Labels = item.Categories.Select(c => new FeedLabel(Html.Text(c.Name))).Concat(element.Elements(dc + "subject").Select(s => new FeedLabel(Html.Text(s.Value)))),
            PublishedAt = Syndicated.Time("pubDate", (string?)element.Element("pubDate"), () => item.PublishDate) ?? Syndicated.Time("dc:date", (string?)element.Element(dc + "date"), null),
            Picture = Syndicated.Picture(element, item),
        };
    }

    /// <summary>RSS names authors by mail, <c>mail@example.org (A. Writer)</c>; only the name is the readers'.</summary>
    static IEnumerable<string> Authors(XElement element, SyndicationItem item) => element.Elements(dc + "creator").Select(c => Html.Text(c.Value))
        .Concat(item.Authors.Select(a => a.Email ?? a.Name ?? "").Select(a => a.IndexOf('(', StringComparison.Ordinal) is >= 0 and var at ? a[(at + 1)..].TrimEnd(')', ' ') : a.Contains('@', StringComparison.Ordinal) ? "" : a))
        .Where(name => name.Length > 0).Distinct();
}
