using Microsoft.AspNetCore.Http.HttpResults;
using NewsPlatform.Notifications.Deliveries;
using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Webhooks;

/// <param name="State">Of the subscription, afterwards.</param>
public sealed record Verification(SubscriptionState State, AttemptView Attempt);

public static class VerifyWebhook
{
    public static void Map(RouteGroupBuilder webhooks) =>
        webhooks
            .MapPost("/verify", Handle)
            .WithQuery()
            .ProducesProblem(409)
            .ProducesProblem(429)
            .WithSummary("Verify a webhook's endpoint now")
            .WithDescription(
                "It is sent `{\"type\": \"subscription.verification\", \"challenge\": …}` and must answer 2xx with "
                    + "`{\"challenge\": …}`, or the challenge as plain text. "
                    + "The platform asks by itself when the subscription is made, and a few times more until `verifyBy`."
            );

    static async Task<Ok<Verification>> Handle(
        Guid id,
        SubscriptionStore subscriptions,
        EndpointVerification verification,
        CallLimit limit,
        HttpContext context,
        CancellationToken ct
    )
    {
        var webhook = await subscriptions.OwnWebhookAsync(id, context, ct);
        if (webhook.State == SubscriptionState.Disabled)
        {
            throw webhook.Forbids("be verified");
        }
        limit.Take(id, (WebhookTarget)webhook.Target, context);
        var (after, attempt) = await verification.AskAsync(webhook, ct);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new Verification(after?.State ?? throw ProblemException.NotFound("webhook"), attempt));
    }
}
