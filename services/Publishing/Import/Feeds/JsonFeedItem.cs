using System.Text.Json;

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
}

sealed record JsonFeedAuthor(string? Name);

sealed record JsonFeedAttachment
{
    public string? Url { get; init; }
    public string? Title { get; init; }
    public string? MimeType { get; init; }
}
