using System.Text.Json.Serialization;
using NewsPlatform.Publishing.Articles;

namespace NewsPlatform.Publishing.Import;

/// <summary>What becomes of a line.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<ImportOutcome>))]
public enum ImportOutcome
{
    [JsonStringEnumMemberName("imported")]
    Imported,

    [JsonStringEnumMemberName("unchanged")]
    Unchanged,

    [JsonStringEnumMemberName("rejected")]
    Rejected,
}

/// <summary>Pure: what a line adds to what there is.</summary>
public static class ImportDecision
{
    /// <summary>
    /// A line that was taken in before changes nothing, whatever happened to the article since. A line that says something else about an
    /// article replaces it, unless editors worked on it here. A line without a body never takes the body away.
    /// </summary>
    public static (ImportOutcome Outcome, IReadOnlyList<object> Events, string? Reason) Decide(
        Article? article,
        Copy copy,
        string digest,
        string slug,
        DateTimeOffset publishedAt,
        DateTimeOffset updatedAt,
        bool publish
    )
    {
        if (article is null)
        {
            return publish
                ? (
                    ImportOutcome.Imported,
                    [new ArticleDrafted(copy, digest), new ArticlePublished(slug, publishedAt, updatedAt, Imported: true)],
                    null
                )
                : (ImportOutcome.Imported, [new ArticleDrafted(copy, digest)], null);
        }
        if (article.Killed)
        {
            return (ImportOutcome.Unchanged, [], null);
        }
        var publishes = publish && article.Public is null && !article.Edited;
        if (
            article.ImportDigests.Contains(digest)
            || Article.Same(article.Copy, copy)
            || copy.Body.Length == 0 && article.Copy.Body.Length > 0
        )
        {
            return publishes
                ? (ImportOutcome.Imported, [new ArticlePublished(slug, publishedAt, updatedAt, Imported: true)], null)
                : (ImportOutcome.Unchanged, [], null);
        }
        if (article.Edited)
        {
            return (ImportOutcome.Rejected, [], "id: the article was edited here; the import would overwrite that");
        }
        if (article.Public is { } publication && publication.Copy.Language != copy.Language)
        {
            return (ImportOutcome.Rejected, [], "language: cannot change after publication");
        }
        return publish
            ? (
                ImportOutcome.Imported,
                [
                    new ArticleRevised(copy, digest),
                    new ArticlePublished(
                        article.Public?.Slug ?? slug,
                        article.Public?.PublishedAt ?? publishedAt,
                        updatedAt,
                        Imported: true
                    ),
                ],
                null
            )
            : (ImportOutcome.Imported, [new ArticleRevised(copy, digest)], null);
    }
}
