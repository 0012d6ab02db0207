namespace NewsPlatform.Feed.Syndication;

/// <summary>What was withdrawn from a line (RFC 6721).</summary>
/// <param name="Reason">Public; of what was withdrawn for good.</param>
public sealed record Tombstone(Guid Id, DateTimeOffset At, string? Reason);
