using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace NewsPlatform.Contracts;

/// <summary>
/// An article's public state as of one of its versions: everything that readers may see, so that whoever holds the newest version
/// needs no older one.
/// </summary>
public sealed record PublicArticle : ArticleContent
{
    public PublicArticle() { }

    [SetsRequiredMembers]
    PublicArticle(
        ArticleContent content,
        Guid id,
        long version,
        string slug,
        Guid story,
        DateTimeOffset publishedAt,
        DateTimeOffset updatedAt
    )
        : base(content)
    {
        ArticleId = id;
        Version = version;
        Slug = slug;
        StoryId = story;
        PublishedAt = publishedAt;
        UpdatedAt = updatedAt;
    }

    [JsonPropertyOrder(MemberOrder.Identity)]
    public required Guid ArticleId { get; init; }

    /// <summary>The version of the article that this is; a greater one replaces it.</summary>
    [JsonPropertyOrder(MemberOrder.Identity)]
    public required long Version { get; init; }

    /// <summary>The last part of the page's address, unique within the language.</summary>
    [JsonPropertyOrder(MemberOrder.Slug)]
    public required string Slug { get; init; }

    /// <summary>Addresses that it had before, which lead to the present one.</summary>
    [JsonPropertyOrder(MemberOrder.Slug)]
    public IReadOnlyList<string> FormerSlugs { get; init; } = [];

    /// <summary>The article that all translations of this story name, the original's own id included.</summary>
    public required Guid StoryId { get; init; }

    public IReadOnlyList<Guid> Featured { get; init; } = [];

    /// <summary>What to read besides, as the editors chose it.</summary>
    public IReadOnlyList<Guid> Related { get; init; } = [];

    /// <summary>In the order in which they were added.</summary>
    public IReadOnlyList<Note> Notes { get; init; } = [];

    /// <summary>When readers first had it.</summary>
    public required DateTimeOffset PublishedAt { get; init; }

    /// <summary>When this version became public.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>What the content says, as one version of an article; lists and notes are added by <c>with</c>.</summary>
    public static PublicArticle Of(
        ArticleContent content,
        Guid id,
        long version,
        string slug,
        Guid story,
        DateTimeOffset publishedAt,
        DateTimeOffset updatedAt
    ) => new(content, id, version, slug, story, publishedAt, updatedAt);
}
