namespace NewsPlatform.Feed.Search;

/// <summary>What PostgreSQL looks for.</summary>
/// <param name="Candidates">The query that its index answers alone.</param>
/// <param name="Exact">What each candidate is to match besides; null where all of them do.</param>
public sealed record SearchQuery(string Candidates, string? Exact);
