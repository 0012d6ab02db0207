namespace NewsPlatform.Feed.Lines;

/// <summary>What a section holds, newest first, with the cursors of its neighbours where there are any.</summary>
public sealed record Page<T>(IReadOnlyList<T> Items, string? Next, string? Previous);
