using Marten;
using Microsoft.AspNetCore.Http.HttpResults;

namespace NewsPlatform.Publishing.Articles;

public static class ReturnArticle
{
    public static IReadOnlyList<object> Decide(Article article, string note)
    {
        LifeCycle.Require(article, LifeCycle.Return);
        return [new ArticleReturned(note)];
    }

    public static void Map(RouteGroupBuilder articles) =>
        articles
            .MapPost("/{id:guid}/return", Handle)
            .WithSummary("Return an article to its author")
            .WithDescription("The note says what is missing.");

    static Task<Ok<ArticleView>> Handle(
        Guid id,
        IfMatch ifMatch,
        NoteRequest request,
        IDocumentSession session,
        HttpContext context,
        CancellationToken ct
    )
    {
        var note = TextRules.Required("note", request.Note);
        return session.ActAsync(context, id, ifMatch, article => Task.FromResult(Decide(article, note)), ct);
    }
}
