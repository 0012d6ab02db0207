using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using NewsPlatform.Notifications.Deliveries;
using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Webhooks;

/// <summary>A page of attempts; <see cref="Next"/> is the cursor for <c>after=</c>, and is not there on the last one.</summary>
public sealed record AttemptPage(
    IReadOnlyList<AttemptView> Items,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Next = null
);

public static class GetAttempts
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 200;

    public static void Map(RouteGroupBuilder webhooks) =>
        webhooks.MapGet("/attempts", Handle).WithQuery("limit", "after").WithSummary("List the attempts to deliver to a webhook");

    static async Task<Ok<AttemptPage>> Handle(
        Guid id,
        SubscriptionStore subscriptions,
        AttemptLog attempts,
        HttpContext context,
        CancellationToken ct,
        string? limit = null,
        string? after = null
    )
    {
        var (size, list) = (Queries.Limit(limit, DefaultLimit, MaxLimit), $"attempts of {id}");
        var before = after is null ? Guid.AllBitsSet : Cursor.Decode("after", after, list).Id;
        await subscriptions.OwnWebhookAsync(id, context, ct);
        var found = await attempts.ReadAsync(id, before, size + 1, ct);
        var page = found.Take(size).ToArray();
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new AttemptPage(page, found.Count > size ? new Cursor(page[^1].At, page[^1].Id).Encode(list) : null));
    }
}
