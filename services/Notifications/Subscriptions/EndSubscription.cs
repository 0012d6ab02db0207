using Microsoft.AspNetCore.Http.HttpResults;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Subscriptions;

public static class EndSubscription
{
    public static void Map(IEndpointRouteBuilder subscriptions) => subscriptions.MapDelete("/{id:guid}", Handle).RequireAuthorization(Security.Proof)
        .WithSummary("End it: nothing is told any more, also not what waits").WithQuery().WithName("deleteSubscription").WithMetadata(new ProvedInside());

    static async Task<NoContent> Handle(Guid id, SubscriptionStore roster, HttpContext context, CancellationToken ct)
    {
        await roster.DeleteAsync((await roster.OwnAsync(id, context, ct)).Id, ct);
        return TypedResults.NoContent();
    }
}
