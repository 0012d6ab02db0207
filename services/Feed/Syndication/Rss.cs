using System.ServiceModel.Syndication;
using System.Xml.Linq;
using NewsPlatform.Feed.Search;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Syndication;

/// <summary>RSS 2.0, with the whole text, Dublin Core's creators, Media RSS, and the links of RFC 5005 and WebSub.</summary>
static class Rss
{
    public static byte[] Write(FeedDocument document)
    {
        var feed = new SyndicationFeed(document.Title, document.Description, new Uri(document.Page), document.Id, document.Updated)
        {
            Language = document.Line.Language,
            Generator = "NewsPlatform",
            Items = [.. document.Entries.Select(Item)],
        };
        feed.Declare(
            ("atom", Extensions.Atom),
            ("content", Extensions.Encoded),
            ("dc", Extensions.DublinCore),
            ("fh", Extensions.History),
            ("media", Extensions.Media)
        );
        feed.AddHistory(document);
        foreach (var (relation, address) in document.Links)
        {
            feed.ElementExtensions.Add(
                new XElement(
                    Extensions.Atom + "link",
                    new XAttribute("rel", relation),
                    new XAttribute("href", address),
                    relation is "hub" ? null : new XAttribute("type", FeedFormat.Rss.MediaType)
                )
            );
        }
        return new Rss20FeedFormatter(feed, serializeExtensionsAsAtom: false).Write();
    }

    static SyndicationItem Item(Entry entry)
    {
        var item = new SyndicationItem
        {
            Id = entry.Urn,
            Title = new TextSyndicationContent(entry.Title),
            // HTML, unlike the title: whoever reads it takes it for markup (Best Practices Profile of the RSS Advisory Board).
            Summary = new TextSyndicationContent(PlainText.Escaped(entry.Summary.Length > 0 ? entry.Summary : entry.Title, int.MaxValue)),
            PublishDate = entry.PublishedAt,
            Links = { SyndicationLink.CreateAlternateLink(new Uri(entry.Url)) },
        };
        foreach (var word in entry.Keywords.Prepend(entry.Category))
        {
            item.Categories.Add(new SyndicationCategory(word));
        }
        foreach (var author in entry.Authors)
        {
            item.ElementExtensions.Add(new XElement(Extensions.DublinCore + "creator", author));
        }
        if (entry.Rights is not null)
        {
            item.ElementExtensions.Add(new XElement(Extensions.DublinCore + "rights", entry.Rights));
        }
        item.ElementExtensions.Add(new XElement(Extensions.Encoded + "encoded", entry.Html));
        item.ElementExtensions.Add(new XElement(Extensions.Atom + "updated", Extensions.Time(entry.UpdatedAt)));
        item.AddMedia(entry);
        return item;
    }
}
