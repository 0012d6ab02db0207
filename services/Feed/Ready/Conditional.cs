namespace NewsPlatform.Feed.Ready;

/// <summary>Answers that a reader's software asks for again and again.</summary>
public static class Conditional
{
    public static readonly string[] GetAndHead = ["GET", "HEAD"];

    /// <summary>With a strong ETag made of its bytes, and 304 to who has them already; for what is not worth keeping ready.</summary>
    public static IResult Json<T>(T value) => new CachedResponse(Content.Json(value), null);
}
