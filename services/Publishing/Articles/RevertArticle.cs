using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Articles;

/// <summary><c>version</c> is required: the one whose copy is wanted again.</summary>
public sealed record RevertRequest(long? Version);

public static class RevertArticle
{
    /// <summary>The copy of a former version becomes the working copy, as a revision like any other.</summary>
    public static IReadOnlyList<object> Decide(Article article, Copy former) => ReviseArticle.Decide(article, former);

    public static void Map(RouteGroupBuilder articles) =>
        articles.MapPost("/{id:guid}/revert", Handle).WithSummary("Revert the working copy to an earlier version");

    static Task<Ok<ArticleView>> Handle(
        Guid id,
        Caller caller,
        IfMatch ifMatch,
        RevertRequest request,
        IDocumentSession session,
        HttpContext context,
        CancellationToken ct
    )
    {
        var version = request.Version ?? throw ProblemException.RuleViolation("version", "is required");
        return session.ActAsync(
            context,
            id,
            ifMatch,
            async article =>
                version >= 1 && version <= article.Version
                    ? Decide(article, (await session.FetchVersionAsync(caller, id, version, ct)).Copy)
                    : throw ProblemException.RuleViolation("version", $"must be from 1 to {article.Version}"),
            ct
        );
    }
}
