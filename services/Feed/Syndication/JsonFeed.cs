using System.Text.Json.Serialization;
using NewsPlatform.Feed.Ready;

namespace NewsPlatform.Feed.Syndication;

/// <summary>JSON Feed 1.1.</summary>
static class JsonFeed
{
    sealed record Feed(
        string Version,
        string Title,
        [property: JsonPropertyName("home_page_url")] string HomePageUrl,
        [property: JsonPropertyName("feed_url")] string FeedUrl,
        string Description,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonPropertyName("next_url")] string? NextUrl,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Language,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IEnumerable<Hub>? Hubs,
        IEnumerable<Item> Items
    );

    sealed record Hub(string Type, string Url);

    sealed record Author(string Name);

    sealed record Item(
        string Id,
        string Url,
        string Title,
        [property: JsonPropertyName("content_html")] string ContentHtml,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Summary,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Image,
        [property: JsonPropertyName("date_published")] DateTimeOffset DatePublished,
        [property: JsonPropertyName("date_modified")] DateTimeOffset DateModified,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IEnumerable<Author>? Authors,
        IEnumerable<string> Tags,
        string Language,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IEnumerable<Attachment>? Attachments
    );

    sealed record Attachment(
        string Url,
        [property: JsonPropertyName("mime_type")] string MimeType,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Title,
        [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull), JsonPropertyName("duration_in_seconds")]
            int? DurationInSeconds
    );

    public static byte[] Write(FeedDocument document) =>
        Content
            .Json(
                new Feed(
                    "https://jsonfeed.org/version/1.1",
                    document.Title,
                    document.Page,
                    document.Self,
                    document.Description,
                    document
                        .Neighbours.Where(n => n.Relation is "next" or "prev-archive")
                        .OrderByDescending(n => n.Relation == "next")
                        .Select(n => n.Address)
                        .FirstOrDefault(),
                    document.Line.Language,
                    document.Hub.Length == 0 ? null : [new("WebSub", document.Hub)],
                    document.Entries.Select(Of)
                )
            )
            .Bytes;

    static Item Of(Entry entry)
    {
        var attachments = entry
            .Media.Where(m => m.Type is not null && m.Kind != "image")
            .Select(m => new Attachment(m.Url, m.Type!, m.Item.Caption, m.Item.Duration))
            .ToList();
        return new(
            entry.Urn,
            entry.Url,
            entry.Title,
            entry.Html,
            entry.Summary.Length > 0 ? entry.Summary : null,
            entry.Media.FirstOrDefault(m => m.Kind == "image")?.Url,
            entry.PublishedAt,
            entry.UpdatedAt,
            entry.Authors.Count == 0 ? null : entry.Authors.Select(name => new Author(name)),
            entry.Keywords.Prepend(entry.Category),
            entry.Language,
            attachments.Count == 0 ? null : attachments
        );
    }
}
