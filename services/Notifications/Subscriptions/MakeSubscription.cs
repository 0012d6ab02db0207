using Microsoft.AspNetCore.Mvc;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Subscriptions;

public static class MakeSubscription
{
    /// <summary>Bytes of a request; what it names is short.</summary>
    const int MaxBodyBytes = 65_536;

    public static void Map(IEndpointRouteBuilder subscriptions)
    {
        var kinds = subscriptions.ServiceProvider.GetServices<SubscriptionKind>().ToArray();
        subscriptions
            .MapPost("/", Handle)
            .AllowAnonymous()
            .WithSummary($"Subscribe {OneOf(kinds)}")
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
            .WithMetadata(new RequestSizeLimitAttribute(MaxBodyBytes), new ProvedInside(Optional: true))
            .WithDescription(string.Join(' ', kinds.Select(kind => kind.Description)));
    }

    static Task<IResult> Handle(SubscriptionRequest request, IEnumerable<SubscriptionKind> kinds, HttpContext context) =>
        context.RequestServices.GetKeyedService<ISubscriptionHandler>(request.GetType()) is { } handler
            ? handler.MakeAsync(request, context)
            : throw ProblemException.BadRequest(
                SubscriptionRequest.Discriminator,
                $"must be one of {string.Join(", ", kinds.Select(kind => kind.Name))}"
            );

    /// <summary>As English has it: "a webhook, a browser or a mail address".</summary>
    static string OneOf(IReadOnlyList<SubscriptionKind> kinds) =>
        string.Join(", ", kinds.SkipLast(1).Select(kind => kind.Subscriber)) is { Length: > 0 } first
            ? $"{first} or {kinds[^1].Subscriber}"
            : string.Concat(kinds.Select(kind => kind.Subscriber));
}
