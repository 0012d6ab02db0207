using Microsoft.AspNetCore.Http.HttpResults;
using NewsPlatform.Notifications.Deliveries;
using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Webhooks;

public static class TestWebhook
{
    public static void Map(RouteGroupBuilder webhooks) =>
        webhooks
            .MapPost("/test", Handle)
            .WithQuery()
            .ProducesProblem(409)
            .ProducesProblem(429)
            .WithSummary("Send a test to a webhook")
            .WithDescription(
                "The endpoint gets a signed `subscription.test` at once, whatever else waits for it. "
                    + "It is not repeated, and does not count as a failure."
            );

    static async Task<Ok<AttemptView>> Handle(
        Guid id,
        SubscriptionStore subscriptions,
        WebhookSender sender,
        AttemptLog attempts,
        CallLimit limit,
        TimeProvider clock,
        HttpContext context,
        CancellationToken ct
    )
    {
        var webhook = await subscriptions.OwnWebhookAsync(id, context, ct);
        if (webhook.State != SubscriptionState.Active)
        {
            // Who has not confirmed is not to be called at somebody else's wish.
            throw webhook.Forbids("be tested");
        }
        limit.Take(id, (WebhookTarget)webhook.Target, context);
        var now = clock.GetUtcNow();
        var message = $"test_{Guid.CreateVersion7(now):N}";
        var body = WebhookMessage.Bytes(WebhookMessage.Test, now, new { id, text = "The subscription works." });
        var (attempt, _) = await sender.SendAsync((WebhookTarget)webhook.Target, message, body, [], ct);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(await attempts.NoteAsync(id, AttemptLog.Test, message, attempt, ct));
    }
}
