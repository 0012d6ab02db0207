using System.Text.Json.Serialization;
using NewsPlatform.Contracts;

namespace NewsPlatform.Feed.Lines;

/// <summary>Some stories of a line, newest first, with the cursors of the neighbouring pages where there are any.</summary>
public sealed record LinePage
{
    public required IReadOnlyList<LineItem> Items { get; init; }

    /// <summary>For <c>after=</c>: the older ones.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Next { get; init; }

    /// <summary>For <c>before=</c>: the newer ones.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Previous { get; init; }
}
