using NewsPlatform.Contracts;

namespace NewsPlatform.Feed.Syndication;

/// <summary>A picture, video or sound of an entry.</summary>
/// <param name="Type">A media type, as far as its address tells; null where it does not.</param>
public sealed record Medium(MediaItem Item, string Url, string? Type)
{
    /// <summary>As Media RSS has it: image, video or audio.</summary>
    public string Kind =>
        Item.Type switch
        {
            MediaType.Video => "video",
            MediaType.Audio => "audio",
            _ => "image",
        };
}
