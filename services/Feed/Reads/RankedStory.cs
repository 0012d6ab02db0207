using System.Text.Json.Serialization;
using NewsPlatform.Contracts;

namespace NewsPlatform.Feed.Reads;

/// <summary>What a line shows of a story, and how often it was read in the window.</summary>
public sealed record RankedStory : LineItem
{
    /// <summary>As of the last ranking.</summary>
    [JsonPropertyOrder(1)]
    public required int Reads { get; init; }
}
