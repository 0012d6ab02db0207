using System.Text.Json.Serialization;
using NewsPlatform.Contracts;

namespace NewsPlatform.Feed.Search;

/// <summary>A story that was found: as it stands on a line, and where it says what was looked for.</summary>
public sealed record SearchHit
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
    public required string Url { get; init; }

    /// <summary>HTML: escaped text of the summary and the body, in which <c>mark</c> is the only element.</summary>
    public string Excerpt { get; init; } = "";
}

/// <summary>Some of the stories that were found, the best first, with the cursor of the next ones where there are any.</summary>
public sealed record SearchPage
{
    public required IReadOnlyList<SearchHit> Items { get; init; }

    /// <summary>For <c>after=</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Next { get; init; }
}
