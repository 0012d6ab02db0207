namespace NewsPlatform.Feed.Ready;

/// <summary>What an answer is made of beside stories, and changes without them: a day, a ranking.</summary>
/// <param name="Until">When it is to be made again although no story has changed.</param>
/// <param name="From">Since when that is as it is, on every instance alike; null when that cannot be known, and no Last-Modified is said
/// then.</param>
public sealed record Term(DateTimeOffset Until, DateTimeOffset? From = null);
