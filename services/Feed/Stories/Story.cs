using System.Diagnostics.CodeAnalysis;
using NewsPlatform.Contracts;

namespace NewsPlatform.Feed.Stories;

/// <summary>What readers may know of an article: the newest public state that has reached this service.</summary>
public sealed record Story : ArticleDetails
{
    public Story() { }

    [SetsRequiredMembers]
    Story(PublicArticle article, PubStatus status, string? reason)
        : base(article)
    {
        Id = article.ArticleId;
        Item = LineItem.Of(article);
        Slug = article.Slug;
        StoryId = article.StoryId;
        Featured = article.Featured;
        Related = article.Related;
        Language = article.Language;
        Category = article.Category;
        Keywords = article.Keywords;
        PublishedAt = article.PublishedAt;
        Status = status;
        Reason = reason;
        Notes = article.Notes;
        FormerSlugs = article.FormerSlugs;
    }

    public required Guid Id { get; init; }
    public required LineItem Item { get; init; }
    public required string Slug { get; init; }

    /// <summary>
    /// By which rules the body was cleaned as it was stored; 0: an earlier release stored it as it came. <see cref="StoryBody"/> has it by
    /// the present ones.
    /// </summary>
    public int Rules { get; init; }

    /// <summary>The same with whole addresses, as of <see cref="Site"/>, where the body has any that are not.</summary>
    public string? WholeBody { get; init; }

    public string? Site { get; init; }

    /// <summary>Shared by all translations of it.</summary>
    public required Guid StoryId { get; init; }

    public required IReadOnlyList<Guid> Featured { get; init; }
    public IReadOnlyList<Guid> Related { get; init; } = [];

    // What lines are selected and ordered by, as columns.
    public required string Language { get; init; }
    public required string Category { get; init; }
    public required IReadOnlyList<string> Keywords { get; init; }
    public required DateTimeOffset PublishedAt { get; init; }

    /// <summary>Lines hold what is usable; of the rest only this much is kept.</summary>
    public PubStatus Status { get; init; }

    /// <summary>Why it was withdrawn for good.</summary>
    public string? Reason { get; init; }

    public IReadOnlyList<Note> Notes { get; init; } = [];

    /// <summary>Addresses that lead to the present one.</summary>
    public IReadOnlyList<string> FormerSlugs { get; init; } = [];

    public static Story From(PublicArticle article, PubStatus status = PubStatus.Usable, string? reason = null) =>
        new(article, status, reason);
}
