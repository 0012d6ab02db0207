using NewsPlatform.Notifications.Deliveries;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Webhooks;

/// <summary>Webhooks by Standard Webhooks (standardwebhooks.com, version 1.0.0).</summary>
public static class WebhooksSetup
{
    public static void AddWebhooks(this IHostApplicationBuilder builder)
    {
        builder.Require<WebhookOptions>("Webhooks");
        builder.Services.AddSingleton<Owners>();
        builder.Services.AddSingleton<WebhookSender>();
        builder.Services.AddSingleton<CallLimit>();
        builder.Services.AddSingleton<Verifications>();
        builder.Services.AddHostedService(services => services.GetRequiredService<Verifications>());
        builder.AddChannel<WebhookChannel>();
    }
}
