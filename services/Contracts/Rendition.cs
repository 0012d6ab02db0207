namespace NewsPlatform.Contracts;

/// <summary>One size of a picture or video, as in ninjs 3.1.</summary>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
/// <param name="ContentType">An IANA media type, such as <c>image/webp</c>.</param>
public sealed record Rendition(string Url, int Width, int Height, string? ContentType = null);
