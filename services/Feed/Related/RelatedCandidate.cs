namespace NewsPlatform.Feed.Related;

/// <summary>A story that stands near another one in a line that both are in.</summary>
/// <param name="Keyword">The line's; empty for that of their language and category.</param>
public sealed record RelatedCandidate(string Keyword, Guid Id, DateTimeOffset PublishedAt);
