using System.Xml.Linq;
using NewsPlatform.Publishing.Import.Items;

namespace NewsPlatform.Publishing.Import.Feeds;

/// <summary>Atom (RFC 4287).</summary>
/// <param name="home">The base address of the feed itself (<c>xml:base</c>), if it says one.</param>
public sealed class AtomFeed(Edition edition, string? language, string? home = null)
{
    static readonly XNamespace atom = "http://www.w3.org/2005/Atom";
    readonly Names names = new();
    string? id;
    string? author;

    /// <summary>How to read an entry; null for what says something of the feed.</summary>
    public Func<ImportItem>? Take(XElement element)
    {
        if (element.Name == atom + "entry")
        {
            var (itsSite, itsAuthor) = (id, author);
            return names.Fault(
                (string?)element.Element(atom + "id"),
                (string?)
                    element
                        .Elements(atom + "link")
                        .FirstOrDefault(l => (string?)l.Attribute("rel") is null or "alternate")
                        ?.Attribute("href")
            ) ?? (() => Read(element, itsSite, itsAuthor).For(edition));
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
        // RFC 4287, section 2: addresses are relative to the innermost xml:base, which may itself be relative.
        var upon = Base(element, home);
        var links = element.Elements(atom + "link").ToList();
        var address = links
            .Where(l => (string?)l.Attribute("rel") is null or "alternate")
            .Select(l => Syndicated.Address((string?)l.Attribute("href"), Base(l, upon) ?? site))
            .FirstOrDefault();
        var (content, summary) = (element.Element(atom + "content"), element.Element(atom + "summary"));
        var whole = content is not null && content.Attribute("src") is null && Kind(content) is not null ? content : null;
        var updated = FeedTime.Of("updated", (string?)element.Element(atom + "updated"));
        var authors = element
            .Elements(atom + "author")
            .Take(Syndicated.MaxNames)
            .Select(a => ((string?)a.Element(atom + "name"))?.Trim() ?? "")
            .Where(name => name.Length > 0)
            .Distinct()
            .ToList();
        var id = ((string?)element.Element(atom + "id"))?.Trim();
        return new()
        {
            Identity = id is { Length: > 0 } ? id : address?.ToString(),
            Address = address,
            Site = site,
            Headline = Text(element.Element(atom + "title")),
            Body = Body(whole ?? summary, upon, address),
            Summary = whole is null ? "" : Text(summary),
            Bylines = authors is [] && feedAuthor?.Trim() is { Length: > 0 } theirs ? [theirs] : authors,
            Language = edition.Language((string?)element.Attribute(XNamespace.Xml + "lang"), language),
            Labels = element
                .Elements(atom + "category")
                .Take(Syndicated.MaxNames)
                .Select(c => new FeedLabel(
                    Html.Text((string?)c.Attribute("label") ?? (string?)c.Attribute("term")),
                    (string?)c.Attribute("term")
                )),
            PublishedAt = FeedTime.Of("published", (string?)element.Element(atom + "published")) ?? updated,
            UpdatedAt = updated,
            Picture = Syndicated.Picture(
                element,
                links
                    .Where(l => (string?)l.Attribute("rel") == "enclosure")
                    .Select(l =>
                        (
                            Syndicated.Address((string?)l.Attribute("href"), Base(l, upon) ?? site),
                            (string?)l.Attribute("type"),
                            (string?)l.Attribute("title")
                        )
                    )
            ),
        };
    }

    /// <summary>
    /// How it is written: <c>text</c>, <c>html</c> or <c>xhtml</c>, which a media type may say too (RFC 4287, section 4.1.3.3); null for
    /// what is no text.
    /// </summary>
    static string? Kind(XElement text) =>
        ((string?)text.Attribute("type"))?.Split(';')[0].Trim().ToLowerInvariant() switch
        {
            null or "" or "text" or "text/plain" => "text",
            "html" or "text/html" => "html",
            "xhtml" or "application/xhtml+xml" => "xhtml",
            _ => null,
        };

    static string Text(XElement? text) =>
        text is null ? ""
        : Kind(text) == "text" ? string.Join(' ', text.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        : Html.Text(Syndicated.Inner(text));

    static string Body(XElement? text, string? upon, Uri? address) =>
        text is null ? ""
        : Kind(text) == "text" ? Html.OfText(text.Value)
        : Html.Body(Syndicated.Inner(text), Uri.TryCreate(Base(text, upon), UriKind.Absolute, out var home) ? home : address);

    static string? Base(XElement element, string? upon) =>
        (string?)element.Attribute(XNamespace.Xml + "base") is { } said ? Syndicated.Address(said, upon)?.ToString() ?? upon : upon;
}
