using System.Globalization;
using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Articles;

/// <summary>
/// Says to the others of the desk that one works on an article. See <see cref="ArticleLock"/> for what that does, and does not.
/// </summary>
public static class LockArticle
{
    public const int DefaultMinutes = 5;
    public const int MaxMinutes = 60;

    public static void Map(RouteGroupBuilder desk)
    {
        desk.MapPut("/{id:guid}/lock", Handle)
            .WithSummary("Lock an article (advisory), or extend the lock")
            .WithQuery("minutes", "break")
            .ProducesProblem(423)
            .ProducesProblem(409);
        desk.MapDelete("/{id:guid}/lock", HandleRelease).WithSummary("Unlock an article").WithQuery().ProducesProblem(423);
    }

    static async Task<Ok<ArticleLock>> Handle(
        Guid id,
        Caller caller,
        IQuerySession session,
        ArticleLocks locks,
        HttpContext context,
        ILoggerFactory logs,
        CancellationToken ct,
        string? minutes = null,
        string? @break = null
    )
    {
        var lasts = Minutes(minutes);
        var breaks = @break switch
        {
            null or "false" => false,
            "true" => true,
            _ => throw ProblemException.BadRequest("break", "must be true or false"),
        };
        if (breaks && !context.User.IsInRole(Roles.Editor) && !context.User.IsInRole(Roles.Admin))
        {
            throw new ProblemException(
                403,
                "forbidden",
                $"{context.User.Identity?.Name} may not break a lock; it takes the role {Roles.Editor} or {Roles.Admin}."
            )
            {
                Members = { ["roles"] = new[] { Roles.Editor, Roles.Admin } },
            };
        }
        LifeCycle.Require(await session.FetchArticleAsync(caller, id, ct), LifeCycle.Revise);
        var before = breaks ? await locks.FindAsync(id, ct) : null;
        var held = await locks.TakeAsync(id, caller, lasts, breaks, ct);
        if (held.HolderId != caller.Id)
        {
            throw Locked(held);
        }
        if (before is not null && before.HolderId != caller.Id)
        {
            logs.CreateLogger("NewsPlatform.Locks")
                .LogInformation("{Who} broke the lock that {Holder} had on {ArticleId}", caller.Name, before.Holder, id);
        }
        return TypedResults.Ok(held);
    }

    static async Task<NoContent> HandleRelease(Guid id, Caller caller, IQuerySession session, ArticleLocks locks, CancellationToken ct)
    {
        await session.FetchArticleAsync(caller, id, ct);
        return await locks.ReleaseAsync(id, caller, ct) is { } others ? throw Locked(others) : TypedResults.NoContent();
    }

    /// <summary>423 (RFC 4918, section 11.3).</summary>
    static ProblemException Locked(ArticleLock held) =>
        new(423, "locked", $"{held.Holder} works on the article until {held.Until.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}.")
        {
            Members = { ["holder"] = held.Holder, ["until"] = held.Until },
        };

    static TimeSpan Minutes(string? text) =>
        TimeSpan.FromMinutes(
            text is null ? DefaultMinutes
            : int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var minutes) && minutes is >= 1 and <= MaxMinutes
                ? minutes
            : throw ProblemException.BadRequest("minutes", $"must be from 1 to {MaxMinutes}")
        );
}
