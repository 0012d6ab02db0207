using Marten;
using NewsPlatform.Notifications.Deliveries;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.WebPush;

public static class WebPushSetup
{
    public static void ConfigureWebPush(this StoreOptions options)
    {
        VapidKeys.Configure(options);
        PushSubscriptions.Configure(options);
    }

    public static void AddWebPush(this IHostApplicationBuilder builder)
    {
        var options = builder.Require<WebPushOptions>("WebPush");
        if (builder.Require<DeliveryOptions>("Deliveries").BatchSize <= options.DigestMaxStories)
        {
            // Breaking news could stand behind what waits for the end of quiet hours, unread.
            throw new ConfigurationFault(
                "fewer stories must wait for a digest than notices are read at once (set WebPush__DigestMaxStories below Deliveries__BatchSize)"
            );
        }
        builder.Services.AddSingleton<VapidKeys>().AddHostedService(services => services.GetRequiredService<VapidKeys>());
        builder.Services.AddSingleton<PushSubscriptions>().AddHostedService(services => services.GetRequiredService<PushSubscriptions>());
        builder.AddChannel<WebPushChannel>();
    }
}

public static class WebPushEndpoints
{
    public static void Map(IEndpointRouteBuilder app)
    {
        GetPushKey.Map(app);
        ChangeWebPush.Map(app);
    }
}
