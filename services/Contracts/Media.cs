namespace NewsPlatform.Contracts;

/// <summary>What goes with the text of an article.</summary>
public sealed record Media
{
    /// <summary><c>video</c> and <c>photos</c>, in the order in which they are shown.</summary>
    public IReadOnlyList<string> Badges { get; init; } = [];

    /// <summary>What stands for the article on lines and at the top of its page.</summary>
    public MediaItem? Picture { get; init; }

    public IReadOnlyList<MediaItem> Items { get; init; } = [];
}
