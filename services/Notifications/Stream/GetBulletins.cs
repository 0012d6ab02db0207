using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Stream;

/// <summary>A page of the log.</summary>
/// <param name="Next">The position for <c>after=</c>, also on the last page, to ask later for what came since.</param>
/// <param name="Oldest">The first position that is still kept.</param>
/// <param name="Newest">The last position that was given out.</param>
public sealed record BulletinPage(IReadOnlyList<Bulletin> Items, long Next, long Oldest, long Newest)
{
    /// <summary>
    /// Something after the position that was asked from is kept no more, or that position was never given out: not all that was missed is
    /// here.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool Gap { get; init; }
}

/// <summary>The log for who would rather ask than listen.</summary>
public static class GetBulletins
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 500;

    /// <summary>Bulletins read at most for one page of topics that few of them have; the next page goes on behind them.</summary>
    const int MaxScanned = 2_000;

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/api/bulletins", Handle)
            .AllowAnonymous()
            .WithTags("Stream")
            .WithSummary("Read the log of bulletins from a position")
            .WithDescription(
                "`after` is the position up to which everything is known; without it, or with `earliest`, the log is read from its oldest. "
                    + "Where streams take a key, this does too. `gap` says that some of it is not there any more."
            )
            .WithQuery("after", "limit", "topic")
            .WithMetadata(new ProvedInside(Optional: true))
            .ProducesProblem(403);

    static async Task<Ok<BulletinPage>> Handle(
        HttpContext context,
        ConnectionAdmission admission,
        BulletinLog bulletins,
        StreamOptions limits,
        PortalOptions portal,
        CancellationToken ct,
        string? after = null,
        string? limit = null
    )
    {
        await admission.AdmitAsync(context);
        var size = Queries.Limit(limit, DefaultLimit, MaxLimit);
        var topics = Topics.Parse(
            context.Request.Query["topic"],
            portal,
            maxTopics: limits.MaxTopics,
            maxLength: limits.MaxTopicCharacters
        );
        var (oldest, newest) = await bulletins.BoundsAsync(ct);
        var from = after is null ? oldest - 1 : StartPosition.Parse("after", after).After ?? oldest - 1;
        var gap = from < oldest - 1 || from > newest;
        var (found, next) = (new List<Bulletin>(), gap ? oldest - 1 : from);
        var scanned = 0;
        while (found.Count < size && scanned < MaxScanned)
        {
            var page = await bulletins.ReadAsync(next, MaxLimit, ct);
            foreach (var bulletin in page)
            {
                if (found.Count == size)
                {
                    break;
                }
                next = bulletin.Position;
                if (topics.Match(Topics.Of(bulletin.Article)))
                {
                    found.Add(bulletin);
                }
            }
            scanned += page.Count;
            if (page.Count < MaxLimit)
            {
                break;
            }
        }
        context.Response.Headers.CacheControl = "no-cache";
        return TypedResults.Ok(new BulletinPage(found, next, oldest, newest) { Gap = gap });
    }
}
