using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Embargoes;

/// <summary>
/// A page of what changed; <see cref="Next"/> is the cursor for <c>after=</c>, also on the last page, to ask later for what came since.
/// </summary>
public sealed record EmbargoedPage(IReadOnlyList<Embargoed> Items, string? Next);

/// <summary>For the trade: what is or was under embargo, in the order in which it changed.</summary>
public static class GetEmbargoed
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 200;

    const string List = "embargoed";

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/api/embargoed", Handle)
            .RequireAuthorization(Roles.Trade)
            .WithTags("Trade")
            .WithSummary("List articles under embargo")
            .WithQuery("limit", "after");

    static async Task<Ok<EmbargoedPage>> Handle(
        IQuerySession session,
        HttpContext context,
        CancellationToken ct,
        string? limit = null,
        string? after = null
    )
    {
        var size = Queries.Limit(limit, DefaultLimit, MaxLimit);
        var (at, id) = after is null ? new Cursor(DateTimeOffset.UnixEpoch, Guid.Empty) : Cursor.Decode("after", after, List);
        var items = await session.QueryAsync<Embargoed>(
            "where (d.changed_at, d.id) > (?, ?) order by d.changed_at, d.id limit ?",
            ct,
            at,
            id,
            size
        );
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(
            new EmbargoedPage(items, items.Count == 0 ? after : new Cursor(items[^1].ChangedAt, items[^1].Id).Encode(List))
        );
    }
}
