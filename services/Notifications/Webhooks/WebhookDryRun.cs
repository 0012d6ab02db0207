using NewsPlatform.Notifications.DryRun;
using NewsPlatform.Notifications.Subscriptions;

namespace NewsPlatform.Notifications.Webhooks;

sealed class WebhookDryRun : IDryRunTarget
{
    public string Kind => WebhookTarget.Kind;
    public byte Number => 1;

    public Target Make() => new WebhookTarget { Url = DryRunReceiver.Address(WebhookTarget.Kind), Secrets = [new(WebhookSecret.Random())] };
}
