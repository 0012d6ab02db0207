using Marten;
using Microsoft.AspNetCore.Http.HttpResults;

namespace NewsPlatform.Publishing.Articles;

public static class UpdateArticle
{
    /// <summary>Makes the working copy public for its new facts; without any, and without a note, there is nothing to say.</summary>
    public static IReadOnlyList<object> Decide(Article article, string slug, string? note, DateTimeOffset now)
    {
        LifeCycle.Require(article, LifeCycle.Update);
        return article.HasUnpublishedChanges || note is not null ? [new ArticleUpdated(slug, now, note)] : [];
    }

    public static void Map(RouteGroupBuilder articles) =>
        articles
            .MapPost("/{id:guid}/update", Handle)
            .WithSummary("Update a public article with new facts")
            .WithDescription("The working copy becomes public.");

    static Task<Ok<ArticleView>> Handle(
        Guid id,
        IfMatch ifMatch,
        NoteRequest? request,
        IDocumentSession session,
        TimeProvider clock,
        HttpContext context,
        CancellationToken ct
    )
    {
        var note = TextRules.Optional("note", request?.Note);
        return session.ActAsync(
            context,
            id,
            ifMatch,
            async article =>
            {
                LifeCycle.Require(article, LifeCycle.Update);
                return Decide(article, await Slug.TakeAsync(session, article, article.Copy, ct), note, clock.GetUtcNow());
            },
            ct
        );
    }
}
