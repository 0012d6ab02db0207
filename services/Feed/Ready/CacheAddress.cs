namespace NewsPlatform.Feed.Ready;

/// <summary>The one spelling of an address under which the edge keeps an answer.</summary>
/// <param name="Path">Path and query, relative to the portal's root.</param>
/// <param name="Reads">The parameters that matter there; null where a parameter that is not known is refused.</param>
public sealed record CacheAddress(string Path, IReadOnlyList<string>? Reads = null);
