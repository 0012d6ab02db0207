using System.Text.Json.Serialization;

namespace NewsPlatform.Contracts;

/// <summary>
/// A picture, video, sound or gallery, as an association in ninjs 3.1. A picture without a <see cref="Url"/> is only known to exist, and
/// pages draw one in its place.
/// </summary>
public sealed record MediaItem
{
    public MediaType Type { get; init; }
    public string? Url { get; init; }

    /// <summary>What it shows, for who does not see it; a picture always has it.</summary>
    public string Alt { get; init; } = "";

    public string? Caption { get; init; }
    public string? Credit { get; init; }

    /// <summary>In pixels.</summary>
    public int? Width { get; init; }

    /// <summary>In pixels.</summary>
    public int? Height { get; init; }

    /// <summary>In seconds.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Duration { get; init; }

    /// <summary>The same in other sizes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<Rendition>? Renditions { get; init; }

    /// <summary>What a gallery shows, in this order.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<MediaItem>? Pictures { get; init; }
}
