using Microsoft.AspNetCore.Http.HttpResults;
using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Webhooks;

public static class EnableWebhook
{
    public static void Map(RouteGroupBuilder webhooks) =>
        webhooks
            .MapPost("/enable", Handle)
            .WithQuery()
            .ProducesProblem(409)
            .ProducesProblem(429)
            .WithSummary("Enable a webhook that was disabled")
            .WithDescription(
                "The endpoint is verified again, and told from then on; what came in between can be had by `replay`. "
                    + "One that is not disabled stays as it is."
            );

    static async Task<Ok<SubscriptionView>> Handle(
        Guid id,
        SubscriptionStore subscriptions,
        EndpointVerification verification,
        Owners owners,
        CallLimit limit,
        WebhookOptions options,
        TimeProvider clock,
        HttpContext context,
        CancellationToken ct
    )
    {
        var before = await subscriptions.OwnWebhookAsync(id, context, ct);
        if (before.State == SubscriptionState.Disabled)
        {
            if ((await owners.MayAsync(before, ct)).Ended is { } because)
            {
                throw before.Ended(because);
            }
            limit.Take(id, (WebhookTarget)before.Target, context);
        }
        var webhook = await subscriptions.ChangeAsync(
            id,
            it =>
                it is { State: SubscriptionState.Disabled, Target: WebhookTarget target }
                    ? it with
                    {
                        State = SubscriptionState.Pending,
                        DisabledBecause = null,
                        Target = target with { VerifyBy = UtcTimes.Micros(clock.GetUtcNow()).AddHours(options.VerifyHours) },
                    }
                    : it,
            ct
        ) ?? throw ProblemException.NotFound("webhook");
        if (webhook.State == SubscriptionState.Pending)
        {
            await verification.BeginAsync(id, ((WebhookTarget)webhook.Target).Host!, ct);
        }
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(SubscriptionView.Of(webhook));
    }
}
