using Microsoft.AspNetCore.Http.HttpResults;
using NewsPlatform.Notifications.Deliveries;
using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.WebPush;

/// <summary>What a browser is told of, and when, from now on.</summary>
public sealed record ChangeWebPushRequest
{
    /// <summary>As in <c>topic=</c> of the stream: several are OR-ed, a comma inside one is AND, none is everything.</summary>
    public required IReadOnlyList<string> Topics { get; init; }

    /// <summary>As it was, if none is given.</summary>
    public string? Language { get; init; }

    /// <summary>None, if none is given.</summary>
    public QuietHours? QuietHours { get; init; }
}

public static class ChangeWebPush
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapPut("/api/subscriptions/{id:guid}", Handle)
            .RequireAuthorization(Security.Proof)
            .WithTags("Subscriptions")
            .WithSummary("Change a browser's topics and quiet hours")
            .WithDescription("Of kind `webPush` only. Takes the secret that making it returned.")
            .WithQuery()
            .WithMetadata(new ProvedInside())
            .Produces(StatusCodes.Status409Conflict)
            .Produces(StatusCodes.Status429TooManyRequests);

    static async Task<Ok<SubscriptionView>> Handle(
        Guid id,
        ChangeWebPushRequest request,
        SubscriptionStore subscriptions,
        Outbox outbox,
        PushSubscriptions limits,
        PortalOptions portal,
        HttpContext context,
        CancellationToken ct
    )
    {
        limits.Admit(context);
        var own = await subscriptions.OwnAsync(id, context, ct);
        if (own.Target is not WebPushTarget target)
        {
            throw new ProblemException(409, "state-forbids", $"A subscription of kind {own.Kind} is not changed by this.");
        }
        var (topics, language) = WebPushRules.Check(request.Topics ?? [], request.Language ?? target.Language, request.QuietHours, portal);
        var changed = await subscriptions.ChangeAsync(
            id,
            now =>
                now with
                {
                    Topics = topics,
                    Target = (WebPushTarget)now.Target with { Language = language, QuietHours = request.QuietHours },
                },
            ct
        ) ?? throw ProblemException.NotFound("subscription");
        await outbox.WakeAsync(id, ct);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(SubscriptionView.Of(changed));
    }
}
