namespace NewsPlatform.Feed.Ready;

/// <summary>The last change of some stories.</summary>
/// <param name="Number">Of the change among all of these stories.</param>
/// <param name="At">The time that it has as Last-Modified, in whole seconds.</param>
public readonly record struct Change(long Number, DateTimeOffset At);
