using System.Text.Json.Serialization;

namespace NewsPlatform.Feed.Search;

/// <summary>Some of the stories that were found, the best first, with the cursor of the next ones where there are any.</summary>
public sealed record SearchPage
{
    public required IReadOnlyList<SearchHit> Items { get; init; }

    /// <summary>For <c>after=</c>.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Next { get; init; }
}
