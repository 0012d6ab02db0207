using Microsoft.AspNetCore.Http.HttpResults;
using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Webhooks;

/// <summary>What the owner does with a webhook besides making, reading and ending it.</summary>
public static class WebhookEndpoints
{
    public const string Tag = "Webhooks";

    public static void Map(IEndpointRouteBuilder app)
    {
        var webhooks = app.MapGroup("/api/subscriptions/{id:guid}").WithTags(Tag).RequireAuthorization(Roles.Subscriber);
        VerifyWebhook.Map(webhooks);
        EnableWebhook.Map(webhooks);
        RotateWebhook.Map(webhooks);
        TestWebhook.Map(webhooks);
        ReplayWebhook.Map(webhooks);
        GetAttempts.Map(webhooks);
    }

    /// <exception cref="ProblemException">404 for what is not there, is somebody else's or is no webhook.</exception>
    public static async Task<Subscription> OwnWebhookAsync(
        this SubscriptionStore subscriptions,
        Guid id,
        HttpContext context,
        CancellationToken ct
    ) =>
        await subscriptions.OwnAsync(id, context, ct) is { Target: WebhookTarget } webhook
            ? webhook
            : throw ProblemException.NotFound("webhook");

    /// <exception cref="ProblemException">409 that says why, and what may be done instead.</exception>
    public static ProblemException Forbids(this Subscription webhook, string act) =>
        webhook.State switch
        {
            SubscriptionState.Disabled => Forbids(webhook, $"{act}, since it is disabled: {webhook.DisabledBecause}", "enable", "delete"),
            SubscriptionState.Pending => Forbids(
                webhook,
                $"{act} before its endpoint has confirmed that it wants to be told",
                "verify",
                "rotate",
                "delete"
            ),
            _ => Forbids(webhook, act, "verify", "rotate", "test", "replay", "delete"),
        };

    /// <exception cref="ProblemException">409: whoever it belonged to may have nothing any more.</exception>
    public static ProblemException Ended(this Subscription webhook, string because) => Forbids(webhook, $"be enabled: {because}", "delete");

    static ProblemException Forbids(Subscription webhook, string detail, params string[] allowed) =>
        new(409, "state-forbids", $"The webhook cannot {detail}.")
        {
            Members =
            {
                ["state"] = System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(webhook.State.ToString()),
                ["allowed"] = allowed,
            },
        };
}
