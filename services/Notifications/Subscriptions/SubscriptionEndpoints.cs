namespace NewsPlatform.Notifications.Subscriptions;

public static class SubscriptionEndpoints
{
    public static void MapSubscriptions(this IEndpointRouteBuilder app)
    {
        var subscriptions = app.MapGroup("/api/subscriptions").WithTags("Subscriptions");
        MakeSubscription.Map(subscriptions);
        GetSubscriptions.Map(subscriptions);
        GetSubscription.Map(subscriptions);
        EndSubscription.Map(subscriptions);
    }
}
