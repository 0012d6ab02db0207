namespace NewsPlatform.Feed.Related;

/// <summary>What is known of a story when those related to it are looked for.</summary>
/// <param name="StoryId">Shared by its translations.</param>
public sealed record Kin(Guid Id, Guid StoryId, string Language, string Category, DateTimeOffset PublishedAt, string Headline)
{
    /// <summary>The editors' own choice, which needs no finding.</summary>
    public IReadOnlyList<Guid> Chosen { get; init; } = [];

    public IReadOnlySet<string> Words { get; } = Relatedness.Words(Headline);
}
