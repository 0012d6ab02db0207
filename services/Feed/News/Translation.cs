namespace NewsPlatform.Feed.News;

/// <summary>A translation of a story.</summary>
public sealed record Translation(string Language, Guid Id, string Url);
