using System.Text.Json.Serialization;

namespace NewsPlatform.Contracts;

/// <summary>
/// A story as it stands on a news line; bulletins carry the same, so that a reader's software needs one type for both. What says something
/// of its own about such a story adds a member.
/// </summary>
public record LineItem
{
    public required Guid Id { get; init; }
    public required long Version { get; init; }
    public required string Headline { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ShortHeadline { get; init; }

    public required string Summary { get; init; }
    public required string Category { get; init; }
    public required string Language { get; init; }
    public required IReadOnlyList<string> Keywords { get; init; }
    public required int Urgency { get; init; }
    public required bool Breaking { get; init; }
    public required Media Media { get; init; }
    public required DateTimeOffset PublishedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>The page, relative to the portal's root.</summary>
    public required string Url { get; init; }

    public static LineItem Of(PublicArticle article) =>
        new()
        {
            Id = article.ArticleId,
            Version = article.Version,
            Headline = article.Headline,
            ShortHeadline = article.ShortHeadline,
            Summary = article.Summary,
            Category = article.Category,
            Language = article.Language,
            Keywords = article.Keywords,
            Urgency = article.Urgency,
            Breaking = article.Breaking,
            Media = article.Media,
            PublishedAt = article.PublishedAt,
            UpdatedAt = article.UpdatedAt,
            Url = $"/{article.Language}/{article.Category}/{article.Slug}",
        };
}
