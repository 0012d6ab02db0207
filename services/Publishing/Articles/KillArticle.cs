using Marten;
using Microsoft.AspNetCore.Http.HttpResults;

namespace NewsPlatform.Publishing.Articles;

/// <summary><c>reason</c> is required, and public; <c>translations</c> kills all of them with it.</summary>
public sealed record KillRequest(string? Reason, bool Translations = false);

public static class KillArticle
{
    public static IReadOnlyList<object> Decide(Article article, string reason, DateTimeOffset now)
    {
        LifeCycle.Require(article, LifeCycle.Kill);
        return article.Killed ? [] : [new ArticleKilled(now, reason)];
    }

    public static void Map(RouteGroupBuilder articles) =>
        articles.MapPost("/{id:guid}/kill", Handle).WithSummary("Kill an article (withdraw it for good, with a public reason)");

    static Task<Ok<ArticleView>> Handle(
        Guid id,
        IfMatch ifMatch,
        KillRequest request,
        IDocumentSession session,
        TimeProvider clock,
        HttpContext context,
        CancellationToken ct
    )
    {
        var reason = TextRules.Required("reason", request.Reason);
        return session.ActAsync(
            context,
            id,
            ifMatch,
            article => Task.FromResult(Decide(article, reason, clock.GetUtcNow())),
            ct,
            request.Translations ? other => Decide(other, reason, clock.GetUtcNow()) : null
        );
    }
}
