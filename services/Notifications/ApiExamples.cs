using System.Text.Json.Nodes;

namespace NewsPlatform.Notifications;

/// <summary>What the members of this service's own requests and answers usually say.</summary>
static class ApiExamples
{
    /// <summary>By member, or by schema and member. A null stands for what is mostly not there.</summary>
    public static readonly IReadOnlyDictionary<string, JsonNode?> All = new Dictionary<string, JsonNode?>
    {
        ["ticket"] = "eyJhbGciOiJIUzI1NiJ9.…",
        ["withdrawn"] = null,
        ["about"] = "delivery",
        ["disabledBecause"] = null,
        ["failingSince"] = null,
        ["fault"] = null,
        ["messages"] = new JsonArray("msg_0198a6b43f117a608a555f0c7a9d2e10_1_4711"),
        ["milliseconds"] = 42,
        ["ratePerSecond"] = null,
        ["topics"] = new JsonArray("language:en,category:world", "breaking"),
        ["upTo"] = 4711,
        ["verifyBy"] = null,
        ["nextAttemptAt"] = null,
        ["description"] = "The newsroom's archive",
        ["AttemptView.outcome"] = "delivered",
        ["Verification.state"] = "active",
        ["SubscriptionView.kind"] = "webhook",
        ["SubscriptionView.secret"] = "whsec_…",
        ["SubscriptionView.state"] = "pending",
        ["SubscriptionView.trade"] = false,
        ["SubscriptionView.url"] = "https://receiver.example.org/news",
        ["SubscriptionRequestMakeWebhook.kind"] = "webhook",
        ["SubscriptionRequestMakeWebhook.secret"] = null,
        ["SubscriptionRequestMakeWebhook.url"] = "https://receiver.example.org/news",
        ["WebhookRotation.oldSecretUntil"] = "2026-11-25T09:30:00Z",
        ["WebhookRotation.secret"] = "whsec_…",
        ["WebhookRotationRequest.secret"] = null,
        ["ReplayRequest.after"] = 4700,
        ["Replay.after"] = 4700,
    };
}
