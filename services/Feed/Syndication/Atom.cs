using System.ServiceModel.Syndication;
using System.Xml.Linq;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Syndication;

/// <summary>Atom 1.0 (RFC 4287) with archives (RFC 5005) and tombstones (RFC 6721).</summary>
static class Atom
{
    public static byte[] Write(FeedDocument document)
    {
        var feed = new SyndicationFeed(document.Title, document.Description, new Uri(document.Page), document.Id, document.Updated)
        {
            Language = document.Line.Language,
            Generator = "NewsPlatform",
            Items = [.. document.Entries.Select(Item)],
            Authors = { new SyndicationPerson { Name = document.Title.Split(" · ")[0] } },
        };
        feed.Declare(("at", Extensions.Tombstones), ("fh", Extensions.History), ("media", Extensions.Media));
        foreach (var (relation, address) in document.Links)
        {
            feed.Links.Add(new SyndicationLink(new Uri(address), relation, null, relation is "hub" ? null : FeedFormat.Atom.MediaType, 0));
        }
        feed.AddHistory(document);
        foreach (var tombstone in document.Tombstones)
        {
            feed.ElementExtensions.Add(
                new XElement(
                    Extensions.Tombstones + "deleted-entry",
                    new XAttribute("ref", Entry.UrnOf(tombstone.Id)),
                    new XAttribute("when", Extensions.Time(tombstone.At)),
                    tombstone.Reason is null ? null : new XElement(Extensions.Tombstones + "comment", tombstone.Reason)
                )
            );
        }
        return new Atom10FeedFormatter(feed).Write();
    }

    static SyndicationItem Item(Entry entry)
    {
        var item = new SyndicationItem
        {
            Id = entry.Urn,
            Title = new TextSyndicationContent(entry.Title),
            Summary = entry.Summary.Length > 0 ? new TextSyndicationContent(entry.Summary) : null,
            Content = SyndicationContent.CreateHtmlContent(entry.Html),
            PublishDate = entry.PublishedAt,
            LastUpdatedTime = entry.UpdatedAt,
            Copyright = entry.Rights is null ? null : new TextSyndicationContent(entry.Rights),
            Links = { SyndicationLink.CreateAlternateLink(new Uri(entry.Url), "text/html") },
        };
        foreach (var word in entry.Keywords.Prepend(entry.Category))
        {
            item.Categories.Add(new SyndicationCategory(word));
        }
        foreach (var author in entry.Authors)
        {
            item.Authors.Add(new SyndicationPerson { Name = author });
        }
        foreach (var medium in entry.Media.Where(m => m.Kind != "image"))
        {
            item.Links.Add(SyndicationLink.CreateMediaEnclosureLink(new Uri(medium.Url), medium.Type, 0));
        }
        item.AddMedia(entry);
        return item;
    }
}
