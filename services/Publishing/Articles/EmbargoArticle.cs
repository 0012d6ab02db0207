using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Articles;

/// <summary>RFC 3339 with an offset. <c>until</c> is required.</summary>
public sealed record EmbargoRequest(DateTimeOffset? Until);

/// <summary>
/// An embargo is about who knows: the trade has the copy now, to prepare, and readers' services are told nothing before the time. A
/// schedule is only about when.
/// </summary>
public static class EmbargoArticle
{
    /// <param name="slug">The address that was taken for it.</param>
    /// <exception cref="ProblemException">409, or 422 for a time that is past or too far ahead.</exception>
    public static IReadOnlyList<object> Decide(Article article, string slug, DateTimeOffset until, DateTimeOffset now)
    {
        LifeCycle.Require(article, LifeCycle.Embargo);
        if (article.Public is not null)
        {
            throw ProblemException.RuleViolation("until", "cannot be set: readers had the article already");
        }
        if (until <= now)
        {
            throw ProblemException.RuleViolation("until", "must lie in the future");
        }
        if (until - now > ScheduleArticle.Furthest)
        {
            throw ProblemException.RuleViolation("until", "lies more than five years ahead");
        }
        return
            article.Embargo is { } embargo
            && embargo.Until == until
            && article.Scheduled is not null
            && Article.Same(embargo.Copy, article.Copy)
            ? []
            : [new ArticleEmbargoed(slug, until)];
    }

    /// <summary>The article may be published at once; when it is scheduled, it stays so.</summary>
    public static IReadOnlyList<object> DecideLift(Article article, DateTimeOffset now)
    {
        LifeCycle.Require(article, LifeCycle.Lift);
        return article.Embargo?.Until > now ? [new EmbargoLifted(now)] : [];
    }

    public static void Map(RouteGroupBuilder articles) =>
        articles
            .MapPost("/{id:guid}/embargo", Handle)
            .WithSummary("Put an article under embargo, or move its embargo")
            .WithDescription("Who has embargo access is told at once, readers at `until`.");

    public static void MapLift(RouteGroupBuilder articles) =>
        articles
            .MapPost("/{id:guid}/lift", HandleLift)
            .WithSummary("Lift an embargo")
            .WithDescription("It ends now, and `publish` is allowed again.");

    static Task<Ok<ArticleView>> Handle(
        Guid id,
        IfMatch ifMatch,
        EmbargoRequest request,
        IDocumentSession session,
        TimeProvider clock,
        HttpContext context,
        CancellationToken ct
    )
    {
        var until = (request.Until ?? throw ProblemException.RuleViolation("until", "is required")).ToUniversalTime();
        return session.ActAsync(
            context,
            id,
            ifMatch,
            async article =>
            {
                LifeCycle.Require(article, LifeCycle.Embargo);
                return Decide(article, await Slug.TakeAsync(session, article, article.Copy, ct), until, clock.GetUtcNow());
            },
            ct
        );
    }

    static Task<Ok<ArticleView>> HandleLift(
        Guid id,
        IfMatch ifMatch,
        IDocumentSession session,
        TimeProvider clock,
        HttpContext context,
        CancellationToken ct
    ) => session.ActAsync(context, id, ifMatch, article => Task.FromResult(DecideLift(article, clock.GetUtcNow())), ct);
}
