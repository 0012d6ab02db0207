using NewsPlatform.Publishing.Articles;
using NewsPlatform.Publishing.Import.Items;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Import;

/// <summary>
/// What a line comes to by itself, before anything is known of its article: an article to take in, or the reason why it is none.
/// </summary>
/// <param name="Line">Its number, from 1.</param>
/// <param name="Id">Of the article, as far as the line says it.</param>
/// <param name="Note">What was left out of the article.</param>
public sealed record ImportEntry(int Line, Guid? Id, ImportArticle? Article, string? Reason, string? Note = null)
{
    /// <summary>Reads, checks and cleans; it asks nobody, so that many lines can be done at once.</summary>
    /// <param name="log">What no rule foresaw is that line's alone, and told to those who run the service.</param>
    public static ImportEntry Of(ImportLine line, CopyRules rules, DateTimeOffset now, ILogger log)
    {
        ImportItem? item = null;
        try
        {
            item = line.Read();
            return new(line.Number, item.ArticleId, ImportArticle.Of(item, rules, now), null, item.Note);
        }
        catch (ProblemException problem)
        {
            return new(line.Number, item?.Id, null, problem.Message);
        }
        catch (Exception fault) when (fault is not (OutOfMemoryException or OperationCanceledException))
        {
            log.LogError(fault, "Line {Line} of an import could not be read", line.Number);
            return new(
                line.Number,
                item?.Id,
                null,
                "item: cannot be read: something in it, such as an address, a name or a time, is not as it should be; "
                    + "the lines around it were not affected"
            );
        }
    }
}

/// <summary>An article of an archive, checked and clean.</summary>
/// <param name="Digest">Of what the line says; see <see cref="ImportItem.Digest"/>.</param>
/// <param name="Slug">The last part of its address, if nobody else has it.</param>
/// <param name="Draft">It was not public where it comes from, and is not to be here.</param>
public sealed record ImportArticle(
    Guid Id,
    Copy Copy,
    string Digest,
    string Slug,
    DateTimeOffset PublishedAt,
    DateTimeOffset UpdatedAt,
    bool Draft
)
{
    /// <exception cref="ProblemException">422 that names every rule that the item breaks.</exception>
    public static ImportArticle Of(ImportItem item, CopyRules rules, DateTimeOffset now)
    {
        var copy = item.Check(rules, now);
        var publishedAt = item.PublishedAt ?? now;
        return new(
            item.ArticleId,
            copy,
            item.Digest,
            Articles.Slug.Of(copy.Headline),
            publishedAt,
            item.UpdatedAt ?? publishedAt,
            item.Draft
        );
    }
}
