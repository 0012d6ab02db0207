using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Articles;

public static class ReviseArticle
{
    /// <summary>Replaces the working copy; the same copy again is no event.</summary>
    /// <exception cref="ProblemException">422: a public article stays in its language, since that is part of its address.</exception>
    public static IReadOnlyList<object> Decide(Article article, Copy copy)
    {
        LifeCycle.Require(article, LifeCycle.Revise);
        if (article.Public is { } publication && publication.Copy.Language != copy.Language)
        {
            throw ProblemException.RuleViolation("language", "cannot change after publication; make a translation instead");
        }
        return Article.Same(article.Copy, copy) ? [] : [new ArticleRevised(copy)];
    }

    public static void Map(RouteGroupBuilder articles) =>
        articles
            .MapPut("/{id:guid}", Handle)
            .WithSummary("Replace an article's working copy")
            .WithDescription("Readers see nothing of it before `publish`, `update` or `correct`.");

    static Task<Ok<ArticleView>> Handle(
        Guid id,
        IfMatch ifMatch,
        CopyRequest request,
        CopyRules rules,
        IDocumentSession session,
        HttpContext context,
        CancellationToken ct
    )
    {
        var copy = request.ToCopy(rules);
        return session.ActAsync(context, id, ifMatch, article => Task.FromResult(Decide(article, copy)), ct);
    }
}
