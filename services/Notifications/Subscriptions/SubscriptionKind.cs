namespace NewsPlatform.Notifications.Subscriptions;

/// <summary>A kind of subscription that anybody may ask for by <c>POST /api/subscriptions</c>.</summary>
/// <param name="Name">The request's <c>kind</c>.</param>
/// <param name="Subscriber">Who is subscribed, as the reference says it: "a browser".</param>
/// <param name="Description">What the reference says of this kind, in whole sentences.</param>
public sealed record SubscriptionKind(string Name, string Subscriber, string Description);

/// <summary>Makes subscriptions of a kind.</summary>
public interface ISubscriptionHandler
{
    Task<IResult> MakeAsync(SubscriptionRequest request, HttpContext context);
}

/// <summary>Checks a request and makes the subscription that it asks for.</summary>
public interface ISubscriptionHandler<in TRequest> : ISubscriptionHandler
    where TRequest : SubscriptionRequest
{
    Task<IResult> MakeAsync(TRequest request, HttpContext context);

    Task<IResult> ISubscriptionHandler.MakeAsync(SubscriptionRequest request, HttpContext context) => MakeAsync((TRequest)request, context);
}
