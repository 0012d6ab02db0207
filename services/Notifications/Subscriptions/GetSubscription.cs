using Microsoft.AspNetCore.Http.HttpResults;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Subscriptions;

public static class GetSubscription
{
    public static void Map(IEndpointRouteBuilder subscriptions) =>
        subscriptions
            .MapGet("/{id:guid}", Handle)
            .RequireAuthorization(Security.Proof)
            .WithSummary("Get a subscription")
            .WithQuery()
            .WithName("getSubscription")
            .WithMetadata(new ProvedInside());

    static async Task<Ok<SubscriptionView>> Handle(
        Guid id,
        SubscriptionStore subscriptions,
        IPendingDeliveries deliveries,
        HttpContext context,
        CancellationToken ct
    )
    {
        var view = SubscriptionView.Of(await subscriptions.OwnAsync(id, context, ct));
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(view with { Deliveries = await deliveries.StandingAsync(id, ct) });
    }
}
