using NewsPlatform.Contracts;

namespace NewsPlatform.Publishing.Articles;

/// <summary>From an article's state to the message that tells the other services.</summary>
public static class ArticleMessage
{
    public static Contracts.ArticlePublished Of(Article article) => article.Public is not { } publication
        ? throw new InvalidOperationException($"Article {article.Id} is not public at version {article.Version}.")
        : new Contracts.ArticlePublished
        {
            ArticleId = article.Id,
            Version = publication.Version,
            Headline = publication.Copy.Headline,
            Summary = publication.Copy.Summary,
            Body = publication.Copy.Body,
            Category = publication.Copy.Category,
            Language = publication.Copy.Language,
            Slug = publication.Slug,
            Keywords = publication.Copy.Keywords,
            Urgency = publication.Copy.Urgency,
            Breaking = publication.Copy.Breaking,
            Media = publication.Copy.Media,
            Byline = publication.Copy.Byline,
            Source = publication.Copy.Source,
            StoryId = publication.Copy.TranslationOf ?? article.Id,
            Featured = publication.Copy.Featured,
            PublishedAt = publication.PublishedAt,
            UpdatedAt = publication.UpdatedAt,
            Imported = publication.Imported,
        };

    /// <summary><c>article.{kind}.{language}.{category}</c></summary>
    public static string RoutingKey(Contracts.ArticlePublished message) => $"article.published.{message.Language}.{message.Category}";
}
