using NewsPlatform.Contracts;

namespace NewsPlatform.Publishing.Articles;

/// <summary>What the other services are told of an event.</summary>
public static class ArticleMessage
{
    /// <summary>Null when the event changed nothing that is public.</summary>
    /// <param name="article">As it is right after the event.</param>
    public static (object Message, string RoutingKey)? Of(object e, Article article)
    {
        if (article.Public is not { } publication || publication.Version != article.Version)
        {
            return null;
        }
        var full = State(article.Id, publication);
        return e switch
        {
            ArticlePublished published => (new Contracts.ArticlePublished(full, published.Imported), Key("published")),
            ArticleUpdated updated => (new Contracts.ArticleUpdated(full, updated.Note), Key("updated")),
            ArticleCorrected corrected => (new Contracts.ArticleCorrected(full, corrected.Note), Key("corrected")),
            // Nobody was told of what came from an archive, so nobody is told that it changed.
            ArticleMasked when publication is { Status: PubStatus.Usable, Imported: true } => (new Contracts.ArticlePublished(full, true), Key("published")),
            ArticleMasked when publication.Status == PubStatus.Usable => (new Contracts.ArticleUpdated(full, Masked: true), Key("updated")),
            ArticleUnpublished or ArticleKilled or ArticleMasked => (
                new ArticleWithdrawn(full with { Summary = "", Body = "", Media = new(), Notes = [] }, publication.Status, publication.Reason, e is ArticleMasked), Key("withdrawn")),
            _ => null,
        };

        string Key(string kind) => $"article.{kind}.{full.Language}.{full.Category}";
    }

    static PublicArticle State(Guid id, Publication publication) => new()
    {
        ArticleId = id,
        Version = publication.Version,
        Headline = publication.Copy.Headline,
        Summary = publication.Copy.Summary,
        Body = publication.Copy.Body,
        Category = publication.Copy.Category,
        Language = publication.Copy.Language,
        Slug = publication.Slug,
        FormerSlugs = publication.FormerSlugs,
        Keywords = publication.Copy.Keywords,
        Urgency = publication.Copy.Urgency,
        Breaking = publication.Copy.Breaking,
        Media = publication.Copy.Media,
        Byline = publication.Copy.Byline,
        Source = publication.Copy.Source,
        StoryId = publication.Copy.TranslationOf ?? id,
        Featured = publication.Copy.Featured,
        Notes = publication.Notes,
        PublishedAt = publication.PublishedAt,
        UpdatedAt = publication.UpdatedAt,
    };
}
