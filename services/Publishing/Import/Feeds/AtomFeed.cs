using System.ServiceModel.Syndication;
using System.Xml.Linq;

namespace NewsPlatform.Publishing.Import.Feeds;

/// <summary>Atom (RFC 4287).</summary>
public sealed class AtomFeed(Edition edition, string? language)
{
    static readonly XNamespace atom = "http://www.w3.org/2005/Atom";
    string? id;
    string? author;

    /// <summary>How to read an entry; null for what says something of the feed.</summary>
    public Func<ImportItem>? Take(XElement element)
    {
        if (element.Name == atom + "entry")
        {
            var (itsSite, itsAuthor) = (id, author);
            return () => Read(element, itsSite, itsAuthor).For(edition);
        }
        if (element.Name == atom + "id")
        {
            id = element.Value.Trim();
        }
        else if (element.Name == atom + "author")
        {
            author ??= (string?)element.Element(atom + "name");
        }
        return null;
    }

    FeedItem Read(XElement element, string? site, string? feedAuthor)
    {
        var item = Syndicated.Read(element, new Atom10ItemFormatter());
        var address = Syndicated.Address(item, site);
        var whole = item.Content as TextSyndicationContent;
        var updated = Syndicated.Time("updated", (string?)element.Element(atom + "updated"), () => item.LastUpdatedTime);
        var authors = item.Authors.Select(a => a.Name?.Trim() ?? "").Where(name => name.Length > 0).Distinct().ToList();
        return new()
        {
            Identity = item.Id ?? address?.ToString(),
            Site = site,
            Headline = Text(item.Title),
            Body = Body(whole ?? item.Summary, address),
            Summary = whole is null ? "" : Text(item.Summary),
            Bylines = authors is [] && feedAuthor?.Trim() is { Length: > 0 } theirs ? [theirs] : authors,
            Language = edition.Language((string?)element.Attribute(XNamespace.Xml + "lang"), language),
            Labels = item.Categories.Select(c => new FeedLabel(Html.Text(c.Label ?? c.Name), c.Name)),
            PublishedAt = Syndicated.Time("published", (string?)element.Element(atom + "published"), () => item.PublishDate) ?? updated,
            UpdatedAt = updated,
            Picture = Syndicated.Picture(element, item),
        };
    }

    static string Text(TextSyndicationContent? content) => content switch
    {
        { Type: "text" } => string.Join(' ', content.Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)),
        _ => Html.Text(content?.Text),
    };

    static string Body(TextSyndicationContent? content, Uri? address) =>
        content is { Type: "text" } ? Html.OfText(content.Text) : Html.Body(content?.Text, address);
}
