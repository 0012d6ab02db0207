using Marten;
using Microsoft.AspNetCore.Http.HttpResults;

namespace NewsPlatform.Publishing.Articles;

public static class PublishArticle
{
    /// <summary>Makes the working copy public; when it is already, that is no event: said twice is said once.</summary>
    /// <param name="slug">For an article that has none yet; a public one keeps its own.</param>
    public static IReadOnlyList<object> Decide(Article article, string slug, DateTimeOffset now) => article switch
    {
        { HasUnpublishedChanges: false } => [],
        { Public: { } before } => [new ArticlePublished(before.Slug, before.PublishedAt, now)],
        _ => [new ArticlePublished(slug, now, now)],
    };

    public static void Map(RouteGroupBuilder articles) => articles.MapPost("/{id:guid}/publish", Handle).WithSummary("Publish now");

    static async Task<Ok<ArticleView>> Handle(Guid id, Expected expected, IDocumentSession session, TimeProvider clock, HttpContext context, CancellationToken ct)
    {
        var article = await session.ChangeAsync(id, expected,
            async current => Decide(current, await Slug.TakeAsync(session, current, ct), clock.GetUtcNow()), ct);
        context.SetETag(article);
        return TypedResults.Ok(ArticleView.Of(article));
    }
}
