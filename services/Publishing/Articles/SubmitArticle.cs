using Marten;
using Microsoft.AspNetCore.Http.HttpResults;

namespace NewsPlatform.Publishing.Articles;

public static class SubmitArticle
{
    public static IReadOnlyList<object> Decide(Article article, string? note)
    {
        LifeCycle.Require(article, LifeCycle.Submit);
        return article.Submitted ? [] : [new ArticleSubmitted(note)];
    }

    public static void Map(RouteGroupBuilder articles) =>
        articles.MapPost("/{id:guid}/submit", Handle).WithSummary("Submit an article to the editors");

    static Task<Ok<ArticleView>> Handle(
        Guid id,
        IfMatch ifMatch,
        NoteRequest? request,
        IDocumentSession session,
        HttpContext context,
        CancellationToken ct
    )
    {
        var note = TextRules.Optional("note", request?.Note);
        return session.ActAsync(context, id, ifMatch, article => Task.FromResult(Decide(article, note)), ct);
    }
}
