using Marten;
using Microsoft.AspNetCore.Http.HttpResults;

namespace NewsPlatform.Publishing.Articles;

public static class UnscheduleArticle
{
    public static IReadOnlyList<object> Decide(Article article)
    {
        LifeCycle.Require(article, LifeCycle.Unschedule);
        return [new ArticleUnscheduled()];
    }

    public static void Map(RouteGroupBuilder articles) =>
        articles
            .MapPost("/{id:guid}/unschedule", Handle)
            .WithSummary("Unschedule an article")
            .WithDescription("It goes back to being a draft.");

    static Task<Ok<ArticleView>> Handle(Guid id, IfMatch ifMatch, IDocumentSession session, HttpContext context, CancellationToken ct) =>
        session.ActAsync(context, id, ifMatch, article => Task.FromResult(Decide(article)), ct);
}
