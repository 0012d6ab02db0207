using System.Text.Json.Serialization;
using NewsPlatform.Contracts;

namespace NewsPlatform.Feed.Search;

/// <summary>A story that was found: as it stands on a line, and where it says what was looked for.</summary>
public sealed record SearchHit : LineItem
{
    /// <summary>HTML: escaped text of the summary and the body, in which <c>mark</c> is the only element.</summary>
    [JsonPropertyOrder(1)]
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
