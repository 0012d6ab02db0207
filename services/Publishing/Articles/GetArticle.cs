using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Articles;

public static class GetArticle
{
    public static void Map(RouteGroupBuilder articles) => articles.MapGet("/{id:guid}", Handle).WithSummary("Get an article").WithETag();

    static async Task<Ok<ArticleView>> Handle(
        Guid id,
        Caller caller,
        IQuerySession session,
        ArticleLocks locks,
        HttpContext context,
        CancellationToken ct
    )
    {
        var article = await session.FetchArticleAsync(caller, id, ct);
        context.SetETag(article);
        return TypedResults.Ok(ArticleView.Of(article) with { Lock = await locks.FindAsync(id, ct) });
    }
}
