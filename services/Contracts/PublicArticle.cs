using System.Text.Json.Serialization;

namespace NewsPlatform.Contracts;

/// <summary>As in ninjs 3.1.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PubStatus>))]
public enum PubStatus
{
    /// <summary>Readers may have it.</summary>
    [JsonStringEnumMemberName("usable")]
    Usable,

    /// <summary>Taken down, and may return.</summary>
    [JsonStringEnumMemberName("withheld")]
    Withheld,

    /// <summary>Withdrawn for good.</summary>
    [JsonStringEnumMemberName("canceled")]
    Canceled,
}

/// <summary>Something that readers are told about a story. <paramref name="Kind"/> is <c>correction</c> or <c>update</c>.</summary>
public sealed record Note(string Kind, DateTimeOffset At, string Text);

/// <summary>
/// An article's public state as of one of its versions: everything that readers may see, so that whoever holds the newest version
/// needs no older one.
/// </summary>
public sealed record PublicArticle
{
    public required Guid ArticleId { get; init; }

    /// <summary>The version of the article that this is; a greater one replaces it.</summary>
    public required long Version { get; init; }

    public required string Headline { get; init; }
    public string Summary { get; init; } = "";

    /// <summary>Clean HTML of the platform's allow-list.</summary>
    public string Body { get; init; } = "";

    public required string Category { get; init; }

    /// <summary>A BCP 47 primary language subtag, such as <c>az</c>.</summary>
    public required string Language { get; init; }

    /// <summary>The last part of the page's address, unique within the language.</summary>
    public required string Slug { get; init; }

    /// <summary>Addresses that it had before, which lead to the present one.</summary>
    public IReadOnlyList<string> FormerSlugs { get; init; } = [];

    public IReadOnlyList<string> Keywords { get; init; } = [];

    /// <summary>1 (most urgent) to 9, as in ninjs 3.1.</summary>
    public int Urgency { get; init; } = 5;

    public bool Breaking { get; init; }
    public Media Media { get; init; } = new();

    /// <summary>Where there is little room; the headline serves where there is none.</summary>
    public string? ShortHeadline { get; init; }

    public IReadOnlyList<string> Bylines { get; init; } = [];

    /// <summary>The place, and the day if it matters, that the report is from, such as <c>BAKU</c>.</summary>
    public string? Dateline { get; init; }

    public string? Source { get; init; }

    /// <summary>Who may use it, and how; as <c>usageTerms</c> in ninjs 3.1.</summary>
    public string? Rights { get; init; }

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
}
