using Microsoft.AspNetCore.Http.HttpResults;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Subscriptions;

public static class EndSubscription
{
    public static void Map(IEndpointRouteBuilder subscriptions) =>
        subscriptions
            .MapDelete("/{id:guid}", Handle)
            .RequireAuthorization(Security.Proof)
            .WithSummary("End a subscription")
            .WithDescription("Nothing is delivered any more, also not what waits.")
            .WithQuery()
            .WithName("deleteSubscription")
            .WithMetadata(new ProvedInside());

    static async Task<NoContent> Handle(Guid id, SubscriptionStore subscriptions, HttpContext context, CancellationToken ct)
    {
        await subscriptions.DeleteAsync((await subscriptions.OwnAsync(id, context, ct)).Id, ct);
        return TypedResults.NoContent();
    }
}
