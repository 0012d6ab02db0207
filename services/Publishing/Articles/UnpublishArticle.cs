using Marten;
using Microsoft.AspNetCore.Http.HttpResults;

namespace NewsPlatform.Publishing.Articles;

/// <summary><c>note</c> may be left out; <c>translations</c> takes down all that are public.</summary>
public sealed record UnpublishRequest(string? Note, bool Translations = false);

public static class UnpublishArticle
{
    public static IReadOnlyList<object> Decide(Article article, string? note, DateTimeOffset now)
    {
        LifeCycle.Require(article, LifeCycle.Unpublish);
        return article.State == ArticleState.Unpublished ? [] : [new ArticleUnpublished(now, note)];
    }

    public static void Map(RouteGroupBuilder articles) =>
        articles.MapPost("/{id:guid}/unpublish", Handle).WithSummary("Unpublish an article (take it down for now)");

    static Task<Ok<ArticleView>> Handle(
        Guid id,
        IfMatch ifMatch,
        UnpublishRequest? request,
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
            article => Task.FromResult(Decide(article, note, clock.GetUtcNow())),
            ct,
            request?.Translations == true
                ? other => other.State == ArticleState.Published ? Decide(other, note, clock.GetUtcNow()) : []
                : null
        );
    }
}
