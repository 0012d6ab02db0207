namespace NewsPlatform.Feed.Pages;

/// <summary>The form that searches an edition.</summary>
public sealed record SearchBox(string Language, string Query = "");
