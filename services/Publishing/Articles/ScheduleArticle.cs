using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Articles;

/// <summary>RFC 3339 with an offset. <c>publishAt</c> is required.</summary>
public sealed record ScheduleRequest(DateTimeOffset? PublishAt, DateTimeOffset? UnpublishAt);

public static class ScheduleArticle
{
    /// <summary>Further ahead is a slip of the keyboard.</summary>
    public static readonly TimeSpan Furthest = TimeSpan.FromDays(5 * 366);

    /// <exception cref="ProblemException">409, or 422 for times that are past, in the wrong order or too far ahead.</exception>
    public static IReadOnlyList<object> Decide(Article article, DateTimeOffset publishAt, DateTimeOffset? unpublishAt, DateTimeOffset now)
    {
        LifeCycle.Require(article, LifeCycle.Schedule);
        if (publishAt <= now)
        {
            throw ProblemException.RuleViolation("publishAt", "must lie in the future");
        }
        if (publishAt - now > Furthest || unpublishAt - now > Furthest)
        {
            throw ProblemException.RuleViolation(
                publishAt - now > Furthest ? "publishAt" : "unpublishAt",
                "lies more than five years ahead"
            );
        }
        if (unpublishAt <= publishAt)
        {
            throw ProblemException.RuleViolation("unpublishAt", "must be later than publishAt");
        }
        if (publishAt < article.Embargo?.Until)
        {
            throw ProblemException.RuleViolation("publishAt", $"lies before the embargo ends, at {article.Embargo.Until:O}");
        }
        return
            article.Scheduled is { } scheduled
            && scheduled.PublishAt == publishAt
            && article.UnpublishAt == unpublishAt
            && Article.Same(scheduled.Copy, article.Copy)
            ? []
            : [new ArticleScheduled(publishAt, unpublishAt)];
    }

    public static void Map(RouteGroupBuilder articles) =>
        articles
            .MapPost("/{id:guid}/schedule", Handle)
            .WithSummary("Schedule an article, or move its schedule")
            .WithDescription("The working copy of this moment is published at `publishAt`.");

    static Task<Ok<ArticleView>> Handle(
        Guid id,
        IfMatch ifMatch,
        ScheduleRequest request,
        IDocumentSession session,
        TimeProvider clock,
        HttpContext context,
        CancellationToken ct
    )
    {
        var publishAt = (request.PublishAt ?? throw ProblemException.RuleViolation("publishAt", "is required")).ToUniversalTime();
        return session.ActAsync(
            context,
            id,
            ifMatch,
            async article =>
            {
                var events = Decide(article, publishAt, request.UnpublishAt?.ToUniversalTime(), clock.GetUtcNow());
                // Taken now, so that at the hour nothing can stand in its way.
                await Slug.TakeAsync(session, article, article.Copy, ct);
                return events;
            },
            ct
        );
    }
}
