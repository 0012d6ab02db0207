using NewsPlatform.Contracts;
using NewsPlatform.Publishing.Articles;
using NewsPlatform.Publishing.Broker;
using ArticleCorrected = NewsPlatform.Publishing.Articles.ArticleCorrected;
using ArticlePublished = NewsPlatform.Publishing.Articles.ArticlePublished;
using ArticleUpdated = NewsPlatform.Publishing.Articles.ArticleUpdated;

namespace NewsPlatform.Publishing.Relay;

/// <summary>What the other services are told of an event of an article.</summary>
public static class ArticleMessage
{
    /// <summary>Null when the event changed nothing that is anybody else's.</summary>
    /// <param name="article">As it is right after the event.</param>
    public static OutgoingMessage? Of(object e, Article article)
    {
        var audience = ArticleEvents.Describe(e.GetType()).Audience;
        return audience.HasFlag(Audience.Readers) && article.Public is { } publication && publication.Version == article.Version
                ? Public(e, article.Id, publication)
            : audience.HasFlag(Audience.EmbargoAccess) ? Trade(e, article)
            : null;
    }

    static OutgoingMessage Public(object e, Guid id, Publication publication)
    {
        var full = State(id, publication);
        return e switch
        {
            ArticlePublished published => new(
                Topology.Articles,
                Key(published.Imported ? "imported" : "published", full),
                new Contracts.ArticlePublished(full, published.Imported)
            ),
            ArticleUpdated updated => new(Topology.Articles, Key("updated", full), new Contracts.ArticleUpdated(full, updated.Note)),
            ArticleCorrected corrected => new(
                Topology.Articles,
                Key("corrected", full),
                new Contracts.ArticleCorrected(full, corrected.Note)
            ),
            // Nobody was told of what came from an archive, so nobody is told that it changed.
            ArticleMasked when publication is { Status: PubStatus.Usable, Imported: true } => new(
                Topology.Articles,
                Key("imported", full),
                new Contracts.ArticlePublished(full, true)
            ),
            ArticleMasked when publication.Status == PubStatus.Usable => new(
                Topology.Articles,
                Key("updated", full),
                new Contracts.ArticleUpdated(full, Masked: true)
            ),
            ArticleUnpublished or ArticleKilled or ArticleMasked => new(
                Topology.Articles,
                Key("withdrawn", full),
                new ArticleWithdrawn(Emptied(full), publication.Status, publication.Reason, e is ArticleMasked)
            ),
            _ => throw new InvalidOperationException($"{e.GetType().Name} is for readers, and no message tells them of it."),
        };
    }

    /// <summary>An embargo that was lifted is told as one that has ended, with what the trade has.</summary>
    static OutgoingMessage? Trade(object e, Article article)
    {
        if (article.Embargo is not { } embargo || embargo.Lifted && e is (ArticleScheduled or ScheduledCopyCorrected))
        {
            return null;
        }
        var full = State(article.Id, new(embargo.Copy, embargo.Slug, embargo.Until, embargo.Until, article.Version, false));
        return article.KillReason is { } reason
            ? new(
                Topology.Trade,
                Key("withdrawn", full),
                new ArticleWithdrawn(Emptied(full), PubStatus.Canceled, reason, e is ArticleMasked)
            )
            : new(Topology.Trade, Key("embargoed", full), new Contracts.ArticleEmbargoed(full, embargo.Until, embargo.Copy.EditorNote));
    }

    static string Key(string kind, PublicArticle article) => $"article.{kind}.{article.Language}.{article.Category}";

    static PublicArticle Emptied(PublicArticle article) => article with { Summary = "", Body = "", Media = new(), Notes = [] };

    static PublicArticle State(Guid id, Publication publication) =>
        PublicArticle.Of(
            publication.Copy,
            id,
            publication.Version,
            publication.Slug,
            publication.Copy.TranslationOf ?? id,
            publication.PublishedAt,
            publication.UpdatedAt
        ) with
        {
            FormerSlugs = publication.FormerSlugs,
            Featured = publication.Copy.Featured,
            Related = publication.Copy.Related,
            Notes = publication.Notes,
        };
}
