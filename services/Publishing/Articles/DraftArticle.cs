using Marten;
using Microsoft.AspNetCore.Http.HttpResults;

namespace NewsPlatform.Publishing.Articles;

public static class DraftArticle
{
    public static ArticleDrafted Decide(Copy copy) => new(copy);

    public static void Map(RouteGroupBuilder articles) => articles.MapPost("/", Handle).WithSummary("Begin an article");

    static async Task<Created<ArticleView>> Handle(CopyRequest request, CopyRules rules, IDocumentSession session, HttpContext context, CancellationToken ct)
    {
        var id = Guid.CreateVersion7();
        var drafted = Decide(request.ToCopy(rules));
        Scope.Check(drafted.Copy.Category);
        ArticleRelay.Trace(session);
        session.Events.StartStream(id, drafted);
        await session.SaveChangesAsync(ct);

        var article = Article.Fold(id, [drafted])!;
        context.SetETag(article);
        return TypedResults.Created($"/api/articles/{id}", ArticleView.Of(article));
    }
}
