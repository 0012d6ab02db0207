using NewsPlatform.Publishing.Articles;

namespace NewsPlatform.Publishing.Desk;

/// <summary>An article on one of the desk's lists.</summary>
public sealed record DeskEntry
{
    public required Guid Id { get; init; }
    public required long Version { get; init; }
    public required string State { get; init; }
    public required string Headline { get; init; }
    public required string Category { get; init; }
    public required string Language { get; init; }
    public required IReadOnlyList<string> Keywords { get; init; }

    /// <summary>1 (most urgent) to 9, as in ninjs 3.1.</summary>
    public required int Urgency { get; init; }

    public required bool Breaking { get; init; }

    /// <summary>Who drafted it.</summary>
    public string? Author { get; init; }

    public string? Byline { get; init; }

    /// <summary>The working copy says something that readers do not see yet.</summary>
    public required bool HasUnpublishedChanges { get; init; }

    /// <summary>When anything last happened to it.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When readers first had it.</summary>
    public DateTimeOffset? PublishedAt { get; init; }

    /// <summary>When it is to become public by itself.</summary>
    public DateTimeOffset? PublishAt { get; init; }

    /// <summary>When it is to be taken down by itself.</summary>
    public DateTimeOffset? UnpublishAt { get; init; }

    /// <summary>The page, relative to the portal's root.</summary>
    public string? Url { get; init; }

    /// <summary>Who works on it; null when nobody says so.</summary>
    public ArticleLock? Lock { get; init; }

    public static DeskEntry Of(DeskItem item, ArticleLock? held) =>
        new()
        {
            Id = item.Id,
            Version = item.Version,
            State = item.State,
            Headline = item.Headline,
            Category = item.Category,
            Language = item.Language,
            Keywords = item.Keywords,
            Urgency = item.Urgency,
            Breaking = item.Breaking,
            Author = item.Author,
            Byline = item.Byline,
            HasUnpublishedChanges = item.HasUnpublishedChanges,
            UpdatedAt = item.UpdatedAt,
            PublishedAt = item.PublishedAt,
            PublishAt = item.PublishAt,
            UnpublishAt = item.UnpublishAt,
            Url = item.Url,
            Lock = held,
        };
}
