namespace NewsPlatform.Contracts;

/// <summary>Something that readers are told about a story. <paramref name="Kind"/> is <c>correction</c> or <c>update</c>.</summary>
public sealed record Note(string Kind, DateTimeOffset At, string Text);
