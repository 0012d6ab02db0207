using NewsPlatform.Contracts;

namespace NewsPlatform.Feed.Stories;

/// <summary>What readers may know of an article: the newest public state that has reached this service.</summary>
public sealed record Story
{
    public required Guid Id { get; init; }
    public required LineItem Item { get; init; }
    public required string Slug { get; init; }

    /// <summary>HTML, clean by the rules of <see cref="Rules"/>; <see cref="StoryBody"/> has it by the present ones.</summary>
    public required string Body { get; init; }

    /// <summary>By which rules it was cleaned as it was stored; 0: an earlier release stored it as it came.</summary>
    public int Rules { get; init; }

    /// <summary>The same with whole addresses, as of <see cref="Site"/>, where the body has any that are not.</summary>
    public string? WholeBody { get; init; }

    public string? Site { get; init; }

    public IReadOnlyList<string> Bylines { get; init; } = [];
    public string? Dateline { get; init; }
    public string? Source { get; init; }
    public string? Rights { get; init; }

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
        new()
        {
            Id = article.ArticleId,
            Item = LineItem.Of(article),
            Slug = article.Slug,
            Body = article.Body,
            Bylines = article.Bylines,
            Dateline = article.Dateline,
            Source = article.Source,
            Rights = article.Rights,
            StoryId = article.StoryId,
            Featured = article.Featured,
            Related = article.Related,
            Language = article.Language,
            Category = article.Category,
            Keywords = article.Keywords,
            PublishedAt = article.PublishedAt,
            Status = status,
            Reason = reason,
            Notes = article.Notes,
            FormerSlugs = article.FormerSlugs,
        };
}
