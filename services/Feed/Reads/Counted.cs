namespace NewsPlatform.Feed.Reads;

/// <summary>How often a story was read in the last hour, day and week, each including the shorter ones.</summary>
public sealed record Counted(Guid Id, string Language, string Category, DateTimeOffset PublishedAt, long Hour, long Day, long Week);
