using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Subscriptions;

public static class MakeSubscription
{
    /// <summary>Bytes of a request; what it names is short.</summary>
    const int MaxBodyBytes = 65_536;

    public static void Map(IEndpointRouteBuilder subscriptions) =>
        subscriptions
            .MapPost("/", (SubscriptionRequest request, HttpContext context) => request.MakeAsync(context))
            .AllowAnonymous()
            .WithSummary("Subscribe a webhook, a browser or a mail address")
            .WithQuery()
            .WithName("makeSubscription")
            .Produces<SubscriptionView>(StatusCodes.Status201Created)
            .Produces<SubscriptionView>()
            .Produces<SubscriptionView>(StatusCodes.Status202Accepted)
            .ProducesProblem(403)
            .ProducesProblem(409)
            .ProducesProblem(429)
            .ProducesProblem(501)
            .ProducesProblem(503)
            .WithMetadata(new RequestSizeLimit(MaxBodyBytes), new ProvedInside(Optional: true))
            .WithDescription(
                "A webhook takes a key, of a subscriber or a higher role, and belongs to it; it is told when its endpoint has confirmed (see `verify`). A push and a mail belong to whoever has the secret "
                    + "that this answers with. The same push endpoint again is 200 and a new secret; a mail is 202 and waits for the reader to confirm; 501 where no mail is sent."
            );

    sealed record RequestSizeLimit(long? MaxRequestBodySize) : Microsoft.AspNetCore.Http.Metadata.IRequestSizeLimitMetadata;
}
