using System.Text.Json.Serialization;
using JasperFx.Events;
using Marten;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Articles;

/// <summary>
/// What the desk's lists say of an article and search it by: a row an article, stored in the transaction of the events that made it so, and
/// never replaced by that of an older version.
/// </summary>
public sealed record DeskItem
{
    public const string Table = "mt_doc_desk_item";

    public required Guid Id { get; init; }
    public required long Version { get; init; }
    public required string State { get; init; }
    public required string Headline { get; init; }
    public required string Category { get; init; }
    public required string Language { get; init; }
    public required IReadOnlyList<string> Keywords { get; init; }
    public required int Urgency { get; init; }
    public required bool Breaking { get; init; }

    /// <summary>Who drafted it; null for what was stored before that was recorded.</summary>
    public string? Author { get; init; }

    public string? Byline { get; init; }
    public required bool HasUnpublishedChanges { get; init; }

    /// <summary>The article that all translations of this story name, the original's own id included.</summary>
    public required Guid StoryId { get; init; }

    /// <summary>
    /// When anything last happened to the article, whether readers saw it or not. In whole microseconds, as the store compares it.
    /// </summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    public DateTimeOffset? PublishAt { get; init; }
    public DateTimeOffset? UnpublishAt { get; init; }

    /// <summary>The nearer one of the two.</summary>
    public DateTimeOffset? DueAt { get; init; }

    public DateTimeOffset? PublishedAt { get; init; }

    /// <summary>Of what readers have, which may differ from the working copy's.</summary>
    public string? PublicCategory { get; init; }

    /// <summary>
    /// Of all its copies (<see cref="CategoryAuthorization.Categories"/>); null for what an older release stored, until
    /// <c>DeskBackfill</c> was there.
    /// </summary>
    public IReadOnlyList<string>? Categories { get; init; }

    [JsonIgnore]
    public IEnumerable<string> AllCategories => Categories ?? [Category, PublicCategory ?? Category];

    public string? Url { get; init; }

    /// <summary>Headline and summary as <see cref="SearchText"/> makes them comparable.</summary>
    public required string Words { get; init; }

    /// <summary>The byline, likewise.</summary>
    public required string Names { get; init; }

    public IReadOnlyList<string> FoldedKeywords { get; init; } = [];

    /// <summary>
    /// By which rules these three are comparable; lower or none in what an older release stored, until <c>DeskBackfill</c> was
    /// there.
    /// </summary>
    public int FoldedBy { get; init; }

    /// <summary>Raised whenever words are compared otherwise.</summary>
    public const int FoldingRules = 1;

    /// <summary>Stored with whatever else the session stores.</summary>
    public static void Upsert(IDocumentSession session, Article article, DateTimeOffset now) =>
        session.TryUpdateRevision(Of(article, now), article.Version);

    public static DeskItem Of(Article article, DateTimeOffset updatedAt) =>
        new()
        {
            Id = article.Id,
            Version = article.Version,
            State = article.State.Word(),
            Headline = article.Copy.Headline,
            Category = article.Copy.Category,
            Language = article.Copy.Language,
            Keywords = article.Copy.Keywords,
            Urgency = article.Copy.Urgency,
            Breaking = article.Copy.Breaking,
            Author = article.Author,
            Byline = article.Copy.Bylines.Count == 0 ? null : string.Join(", ", article.Copy.Bylines),
            HasUnpublishedChanges = article.HasUnpublishedChanges,
            StoryId = article.StoryId,
            UpdatedAt = UtcTimes.Micros(updatedAt),
            PublishAt = article.Scheduled?.PublishAt,
            UnpublishAt = article.UnpublishAt,
            DueAt = DueArticle.Of(article) is { } at ? UtcTimes.Micros(at) : null,
            PublishedAt = article.Public?.PublishedAt,
            PublicCategory = article.Public?.Copy.Category,
            Categories = CategoryAuthorization.Categories(article),
            Url = ArticleView.UrlOf(article),
            Words = SearchText($"{article.Copy.Headline}\n{article.Copy.Summary}"),
            Names = SearchText(string.Join(", ", article.Copy.Bylines)),
            FoldedKeywords = [.. article.Copy.Keywords.Select(Folding.Of).Distinct()],
            FoldedBy = FoldingRules,
        };

    /// <summary>What is searched for words: those that are joined apart, and behind them as one.</summary>
    static string SearchText(string text)
    {
        var folded = Folding.Of(text);
        return string.Join('\n', Folding.Joined(folded).Select(word => word.Whole).Prepend(Folding.Apart(folded)));
    }

    /// <summary>An article as its stored events made it, and when the last one was.</summary>
    public static DeskItem Of(Guid id, IReadOnlyList<IEvent> events) =>
        Of(Article.Fold(id, events.Select(e => e.Data))! with { Author = events[0].UserName }, events[^1].Timestamp);

    public static void Configure(StoreOptions options) =>
        options
            .Schema.For<DeskItem>()
            .DocumentAlias("desk_item")
            .UseNumericRevisions(true)
            .Duplicate(
                item => item.State,
                notNull: true,
                configure: index => (index.Name, index.Mask) = ("desk_state", "?, updated_at, id")
            )
            .Duplicate(
                item => item.Category,
                notNull: true,
                configure: index => (index.Name, index.Mask) = ("desk_category", "?, updated_at, id")
            )
            .Duplicate(
                item => item.Language,
                notNull: true,
                configure: index => (index.Name, index.Mask) = ("desk_language", "?, updated_at, id")
            )
            .Duplicate(item => item.Author!, configure: index => (index.Name, index.Mask) = ("desk_author", "?, updated_at, id"))
            .Duplicate(item => item.StoryId, notNull: true)
            .Duplicate(
                item => item.UpdatedAt,
                pgType: "timestamptz",
                notNull: true,
                configure: index => (index.Name, index.Mask) = ("desk_changed", "?, id")
            )
            .Duplicate(item => item.DueAt!, pgType: "timestamptz", configure: index => (index.Name, index.Mask) = ("desk_due", "?, id"))
            .FullTextIndex(index => (index.Name, index.RegConfig, index.DocumentConfig) = ("desk_words", "simple", "data ->> 'words'"))
            .FullTextIndex(index => (index.Name, index.RegConfig, index.DocumentConfig) = ("desk_names", "simple", "data ->> 'names'"))
            .Index(
                item => item.Keywords,
                index =>
                {
                    index.Name = "desk_keywords";
                    index.ToGinWithJsonbPathOps();
                }
            )
            .Index(
                item => item.FoldedKeywords,
                index =>
                {
                    index.Name = "desk_folded_keywords";
                    index.ToGinWithJsonbPathOps();
                }
            );
}
