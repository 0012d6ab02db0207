using NewsPlatform.Feed.Stories;

namespace NewsPlatform.Feed.Lines;

/// <summary>
/// Which stories: those of a language, a category, a keyword and an author, those that are breaking news and those that were corrected,
/// each only where it is said. The newest come first, of corrected ones those that were corrected last.
/// </summary>
public sealed record Line(
    string? Language = null,
    string? Category = null,
    string? Keyword = null,
    string? Author = null,
    bool Breaking = false,
    bool Corrected = false
)
{
    public const int DefaultLimit = 40;
    public const int MaxLimit = 200;

    /// <summary>Tells it from every other line.</summary>
    public string Name => string.Join('\n', Language, Category, Keyword, Author, Breaking, Corrected);

    /// <summary>What its stories are all tagged with, the one that it is ordered by first and then those that few may have.</summary>
    public IReadOnlyList<string> Tags =>
        [
            .. new[]
            {
                Corrected ? StoryTags.Corrected : null,
                Author is null ? null : StoryTags.Folded(StoryTags.Author(Author)),
                Keyword is null ? null : StoryTags.Folded(StoryTags.Keyword(Keyword)),
                Breaking ? StoryTags.Breaking : null,
            }.OfType<string>(),
        ];
}
