using System.Globalization;
using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using NewsPlatform.Publishing.Articles;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Desk;

/// <summary>
/// What is to become public, or to be taken down, by itself and soon; an article stands there once, at the nearer of its two times.
/// </summary>
public static class GetDue
{
    public static readonly TimeSpan DefaultWithin = TimeSpan.FromHours(24);

    static readonly DeskOrder soonest = new("due_at", Descending: false, item => item.DueAt!.Value);

    public static void Map(RouteGroupBuilder desk) =>
        desk.MapGet("/due", Handle)
            .WithSummary("List what is published or taken down by itself, soonest first")
            .WithQuery("within", "category", "language", "limit", "after");

    static async Task<Ok<DeskPage>> Handle(
        Caller caller,
        PortalOptions portal,
        IQuerySession session,
        ArticleLocks locks,
        TimeProvider clock,
        CancellationToken ct,
        string? within = null,
        string? category = null,
        string? language = null,
        string? limit = null,
        string? after = null
    )
    {
        var size = Queries.Limit(limit, DeskPage.DefaultLimit, DeskPage.MaxLimit);
        var ahead = Within(within);
        var filter = new DeskFilter(caller);
        filter.Within(category, language, portal);
        var name = filter.Name("due");
        filter.And("d.due_at <= ?", clock.GetUtcNow() + ahead);
        return TypedResults.Ok(await DeskPage.FindAsync(session, locks, filter, soonest, name, size, after, ct));
    }

    /// <summary>Seconds, or a duration of ISO 8601 such as PT90M; no further ahead than something can be set for.</summary>
    static TimeSpan Within(string? text)
    {
        if (text is null)
        {
            return DefaultWithin;
        }
        var within = IsoDuration.Of(text)
            ?? (
                int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                    ? TimeSpan.FromSeconds(seconds)
                    : TimeSpan.Zero
            );
        return within > TimeSpan.Zero && within <= ScheduleArticle.Furthest
            ? within
            : throw ProblemException.BadRequest(
                "within",
                "must be a duration such as PT24H, P1W or PT1.5H, or seconds, of five years at most"
            );
    }
}
