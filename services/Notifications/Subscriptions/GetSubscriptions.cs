using System.Text.Json.Serialization;
using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Subscriptions;

/// <summary>A page of subscriptions; <see cref="Next"/> is the cursor for <c>after=</c>, and is not there on the last one.</summary>
public sealed record SubscriptionPage(
    IReadOnlyList<SubscriptionView> Items,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Next = null
);

public static class GetSubscriptions
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 200;

    const string List = "subscriptions";

    public static void Map(IEndpointRouteBuilder subscriptions) =>
        subscriptions
            .MapGet("/", Handle)
            .RequireAuthorization(Roles.Subscriber)
            .WithSummary("List one's own subscriptions")
            .WithQuery("limit", "after")
            .WithName("listSubscriptions");

    static async Task<Ok<SubscriptionPage>> Handle(
        IQuerySession session,
        HttpContext context,
        CancellationToken ct,
        string? limit = null,
        string? after = null
    )
    {
        var size = Queries.Limit(limit, DefaultLimit, MaxLimit);
        var from = after is null ? Guid.AllBitsSet : Cursor.Decode("after", after, List).Id;
        var found = context.User.IsInRole(Roles.Admin)
            ? await session.QueryAsync<Subscription>(
                "where d.data ->> 'owner' is not null and d.id < ? order by d.id desc limit ?",
                ct,
                from,
                size + 1
            )
            : await session.QueryAsync<Subscription>(
                "where d.data ->> 'ownerId' = ? and d.id < ? order by d.id desc limit ?",
                ct,
                Caller.Of(context)!.Id,
                from,
                size + 1
            );
        var page = found.Take(size).ToArray();
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(
            new SubscriptionPage(
                [.. page.Select(SubscriptionView.Of)],
                found.Count > size ? new Cursor(page[^1].MadeAt, page[^1].Id).Encode(List) : null
            )
        );
    }
}
