using NewsPlatform.Notifications.Deliveries;
using NewsPlatform.Notifications.DryRun;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.WebPush;

public static class WebPushSetup
{
    public static void AddWebPush(this IHostApplicationBuilder builder)
    {
        var options = builder.Require<WebPushOptions>("WebPush");
        if (builder.Require<DeliveryOptions>("Deliveries").BatchSize <= options.DigestMaxStories)
        {
            // Breaking news could stand behind what waits for the end of quiet hours, unread.
            throw new ConfigurationFault(
                "fewer stories must wait for a digest than notices are read at once "
                    + "(set WebPush__DigestMaxStories below Deliveries__BatchSize)"
            );
        }
        builder.Services.AddSingleton<VapidKeys>().AddHostedService(services => services.GetRequiredService<VapidKeys>());
        builder.Services.AddSingleton<PushSubscriptions>().AddHostedService(services => services.GetRequiredService<PushSubscriptions>());
        builder
            .AddChannel<WebPushChannel, WebPushTarget>(WebPushTarget.Kind)
            .WithRequest<MakeWebPush, MakeWebPushHandler>(
                "a browser",
                "A push belongs to whoever has the secret that this answers with; the same push endpoint again is 200 and a new secret."
            )
            .WithStorage(VapidKeys.Configure)
            .WithStorage(PushSubscriptions.Configure)
            .WithEndpoints(GetPushKey.Map)
            .WithEndpoints(ChangeWebPush.Map)
            .WithDryRun<WebPushDryRun>();
    }
}
