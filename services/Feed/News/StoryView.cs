using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using NewsPlatform.Contracts;
using NewsPlatform.Feed.Stories;

namespace NewsPlatform.Feed.News;

/// <summary>One story in full: what a line shows of it, and the rest.</summary>
public sealed record StoryView : ArticleContent
{
    public StoryView() { }

    [SetsRequiredMembers]
    StoryView(Story story, IReadOnlyList<LineItem> featured, IReadOnlyList<LineItem> related, IReadOnlyList<Translation> translations)
        : base(story, story.Item)
    {
        Id = story.Id;
        Version = story.Item.Version;
        Body = story.Clean();
        PublishedAt = story.Item.PublishedAt;
        UpdatedAt = story.Item.UpdatedAt;
        Url = story.Item.Url;
        Notes = story.Notes;
        Featured = featured;
        Related = related;
        Translations = translations;
    }

    [JsonPropertyOrder(MemberOrder.Identity)]
    public required Guid Id { get; init; }

    [JsonPropertyOrder(MemberOrder.Identity)]
    public required long Version { get; init; }

    /// <summary>All of <c>bylines</c> in one line.</summary>
    [JsonPropertyOrder(MemberOrder.Byline)]
    public string? Byline => Bylines.Count == 0 ? null : string.Join(", ", Bylines);

    public required DateTimeOffset PublishedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public required string Url { get; init; }
    public IReadOnlyList<Note> Notes { get; init; } = [];
    public required IReadOnlyList<LineItem> Featured { get; init; }

    /// <summary>The editors' choice first, then what has most in common with it.</summary>
    public IReadOnlyList<LineItem> Related { get; init; } = [];
    public required IReadOnlyList<Translation> Translations { get; init; }

    public static StoryView Of(
        Story story,
        IReadOnlyList<LineItem> featured,
        IReadOnlyList<LineItem> related,
        IReadOnlyList<Translation> translations
    ) => new(story, featured, related, translations);
}
