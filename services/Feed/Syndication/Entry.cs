namespace NewsPlatform.Feed.Syndication;

/// <summary>A story as feeds give it away: whole, and good to be read anywhere.</summary>
public sealed record Entry
{
    public required Guid Id { get; init; }

    /// <summary>Stays the same whatever becomes of its address.</summary>
    public string Urn => UrnOf(Id);

    public required string Url { get; init; }
    public required string Language { get; init; }
    public required string Title { get; init; }
    public required string Summary { get; init; }

    /// <summary>HTML whose addresses are whole: picture, body, media, rights and notes.</summary>
    public required string Html { get; init; }

    public required IReadOnlyList<string> Authors { get; init; }
    public required string Category { get; init; }
    public required IReadOnlyList<string> Keywords { get; init; }
    public string? Rights { get; init; }
    public required DateTimeOffset PublishedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Its picture first.</summary>
    public required IReadOnlyList<Medium> Media { get; init; }

    public static string UrnOf(Guid id) => $"urn:uuid:{id}";
}
