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
