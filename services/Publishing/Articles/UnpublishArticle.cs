using Marten;
using Microsoft.AspNetCore.Http.HttpResults;

namespace NewsPlatform.Publishing.Articles;

public static class UnpublishArticle
{
    public static IReadOnlyList<object> Decide(Article article, string? note, DateTimeOffset now)
    {
        LifeCycle.Require(article, LifeCycle.Unpublish);
        return article.State == ArticleState.Unpublished ? [] : [new ArticleUnpublished(now, note)];
    }

    public static void Map(RouteGroupBuilder articles) => articles.MapPost("/{id:guid}/unpublish", Handle).WithSummary("Take it down for now");

    static Task<Ok<ArticleView>> Handle(Guid id, Expected expected, NoteRequest? request, IDocumentSession session, TimeProvider clock, HttpContext context, CancellationToken ct)
    {
        var note = Text.Optional("note", request?.Note);
        return session.ActAsync(context, id, expected, article => Task.FromResult(Decide(article, note, clock.GetUtcNow())), ct);
    }
}
