namespace NewsPlatform.Feed.Ready;

/// <param name="Change">The last of its stories as the making began.</param>
/// <param name="Mark">Tells what it was made of.</param>
public sealed record Kept(CachedResponse Answer, Change Change, string? Mark, DateTimeOffset Until);
