using Marten;
using Microsoft.AspNetCore.Http.HttpResults;

namespace NewsPlatform.Publishing.Articles;

public static class PublishArticle
{
    /// <summary>Makes the working copy public; when it is already, that is no event: said twice is said once.</summary>
    /// <param name="slug">The address that was taken for it.</param>
    public static IReadOnlyList<object> Decide(Article article, string slug, DateTimeOffset now)
    {
        LifeCycle.Require(article, LifeCycle.Publish);
        LifeCycle.RequireNoEmbargo(article, now);
        return article switch
        {
            { State: ArticleState.Published, HasUnpublishedChanges: false } => [],
            { State: ArticleState.Published } => [new ArticleUpdated(slug, now, null)],
            { Public: { } before } => [new ArticlePublished(slug, before.PublishedAt, now)],
            _ => [new ArticlePublished(slug, now, now)],
        };
    }

    public static void Map(RouteGroupBuilder articles) => articles.MapPost("/{id:guid}/publish", Handle).WithSummary("Publish now");

    static Task<Ok<ArticleView>> Handle(
        Guid id,
        IfMatch ifMatch,
        IDocumentSession session,
        TimeProvider clock,
        HttpContext context,
        CancellationToken ct
    ) =>
        session.ActAsync(
            context,
            id,
            ifMatch,
            async article => Decide(article, await Slug.TakeAsync(session, article, article.Copy, ct), clock.GetUtcNow()),
            ct
        );
}
