using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Search;

/// <summary>
/// Stories by time: older than the first place (exclusive), down to the second (inclusive) or, where it is null, to the oldest.
/// </summary>
public sealed record SearchWindow(Cursor From, Cursor? To);
