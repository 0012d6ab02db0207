using Marten;
using Microsoft.AspNetCore.Http.HttpResults;

namespace NewsPlatform.Publishing.Articles;

public static class CorrectArticle
{
    /// <summary>Mends what readers see, or what is scheduled, by the working copy.</summary>
    public static IReadOnlyList<object> Decide(Article article, string slug, string note, DateTimeOffset now)
    {
        LifeCycle.Require(article, LifeCycle.Correct);
        return article.Scheduled is null ? [new ArticleCorrected(slug, now, note)] : [new ScheduledCopyCorrected(note)];
    }

    public static void Map(RouteGroupBuilder articles) =>
        articles
            .MapPost("/{id:guid}/correct", Handle)
            .WithSummary("Correct a public article, with a note for readers")
            .WithDescription("The working copy becomes public.");

    static Task<Ok<ArticleView>> Handle(
        Guid id,
        IfMatch ifMatch,
        NoteRequest request,
        IDocumentSession session,
        TimeProvider clock,
        HttpContext context,
        CancellationToken ct
    )
    {
        var note = TextRules.Required("note", request.Note);
        return session.ActAsync(
            context,
            id,
            ifMatch,
            async article =>
            {
                LifeCycle.Require(article, LifeCycle.Correct);
                return Decide(article, await Slug.TakeAsync(session, article, article.Copy, ct), note, clock.GetUtcNow());
            },
            ct
        );
    }
}
