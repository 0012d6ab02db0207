using NewsPlatform.Notifications.Deliveries;
using NewsPlatform.Notifications.DryRun;
using NewsPlatform.Notifications.Jobs;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Webhooks;

/// <summary>Webhooks by Standard Webhooks (standardwebhooks.com, version 1.0.0).</summary>
public static class WebhooksSetup
{
    public static void AddWebhooks(this IHostApplicationBuilder builder)
    {
        builder.Require<WebhookOptions>("Webhooks");
        builder
            .Services.AddSingleton<Owners>()
            .AddSingleton<WebhookSender>()
            .AddSingleton<CallLimit>()
            .AddSingleton<EndpointVerification>();
        builder.AddJob<VerifyEndpoint>();
        builder.Services.AddHostedService<MoveVerifications>();
        builder.Services.AddTag(WebhookEndpoints.Tag, "What the owner of a webhook does with it.");
        builder
            .AddChannel<WebhookChannel, WebhookTarget>(WebhookTarget.Kind)
            .WithRequest<MakeWebhook, MakeWebhookHandler>(
                "a webhook",
                "A webhook takes a key, of a subscriber or a higher role, and belongs to it; it is told when its endpoint has confirmed "
                    + "(see `verify`)."
            )
            .WithStorage(MoveVerifications.Configure)
            .WithEndpoints(WebhookEndpoints.Map)
            .WithDryRun<WebhookDryRun>();
    }
}
