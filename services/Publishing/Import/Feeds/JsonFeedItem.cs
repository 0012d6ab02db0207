using System.Text.Json;
using NewsPlatform.Contracts;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Import.Feeds;

/// <summary>What of an item is read; unknown members are passed.</summary>
sealed record JsonFeedItem
{
    public JsonElement? Id { get; init; }
    public string? Url { get; init; }
    public string? Title { get; init; }
    public string? ContentHtml { get; init; }
    public string? ContentText { get; init; }
    public string? Summary { get; init; }
    public string? Image { get; init; }
    public string? BannerImage { get; init; }
    public string? DatePublished { get; init; }
    public string? DateModified { get; init; }
    public JsonFeedAuthor? Author { get; init; }
    public IReadOnlyList<JsonFeedAuthor?>? Authors { get; init; }
    public IReadOnlyList<string?>? Tags { get; init; }
    public string? Language { get; init; }
    public IReadOnlyList<JsonFeedAttachment?>? Attachments { get; init; }

    static readonly JsonSerializerOptions web = new(JsonSerializerDefaults.Web) { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <param name="feedLanguage">Of the feed, as are the two behind it; what the item says goes before them.</param>
    public static FeedItem Read(JsonElement json, Edition edition, string? feedLanguage, string? site, string? feedAuthor)
    {
        JsonFeedItem item;
        try
        {
            item = json.Deserialize<JsonFeedItem>(web) ?? throw ProblemException.BadRequest("item", "is null");
        }
        catch (JsonException fault)
        {
            throw Problems.BadRequest(fault);
        }
        catch (InvalidOperationException)
        {
            throw ProblemException.BadRequest("item", "has text with half of a character (a surrogate without its other half)");
        }
        var headline = Html.Text(item.Title);
        IReadOnlyList<JsonFeedAuthor?> authors = item.Authors ?? (item.Author is { } one ? [one] : []);
        var names = authors.Take(Syndicated.MaxNames).Select(a => Html.Text(a?.Name)).Where(name => name.Length > 0).ToList();
        return new()
        {
            Identity = NameOf(item.Id) is { Length: > 0 } said ? said : item.Url,
            Address = Syndicated.Address(item.Url, site),
            Site = site,
            Headline = headline,
            Summary = Html.Text(item.Summary),
            Body = item.ContentHtml is null
                ? Html.OfText(item.ContentText)
                : Html.Body(item.ContentHtml, Uri.TryCreate(item.Url ?? site, UriKind.Absolute, out var address) ? address : null),
            Bylines = names is [] && feedAuthor is { Length: > 0 } ? [feedAuthor] : names,
            Language = edition.Language(item.Language, feedLanguage),
            Labels = (item.Tags ?? []).Take(Syndicated.MaxNames).Select(tag => new FeedLabel(Html.Text(tag))),
            PublishedAt = FeedTime.Of("date_published", item.DatePublished),
            UpdatedAt = FeedTime.Of("date_modified", item.DateModified),
            Picture = PictureOf(item),
        };
    }

    static string? NameOf(JsonElement? id) =>
        id switch
        {
            { ValueKind: JsonValueKind.String } text => Said(text)
                ?? throw ProblemException.BadRequest("id", "has half of a character (a surrogate without its other half)"),
            { ValueKind: JsonValueKind.Number } number => number.ToString(),
            _ => null,
        };

    static MediaItem? PictureOf(JsonFeedItem item)
    {
        var attached = item.Attachments?.FirstOrDefault(a => a?.MimeType?.StartsWith("image/", StringComparison.OrdinalIgnoreCase) == true);
        return (item.Image ?? item.BannerImage ?? attached?.Url) is { } url
            ? new() { Url = url, Alt = url == attached?.Url ? Html.Text(attached.Title) : "" }
            : null;
    }

    /// <summary>The text; null where half of a surrogate pair makes it none.</summary>
    public static string? Said(JsonElement value)
    {
        try
        {
            return value.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}

sealed record JsonFeedAuthor(string? Name);

sealed record JsonFeedAttachment
{
    public string? Url { get; init; }
    public string? Title { get; init; }
    public string? MimeType { get; init; }
}
