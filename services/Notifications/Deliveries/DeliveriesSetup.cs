using Marten;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.Notifications.Outbound;
using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Deliveries;

/// <summary>What every channel of durable subscriptions stands on.</summary>
public static class DeliveriesSetup
{
    public static void ConfigureDeliveries(this StoreOptions options)
    {
        SubscriptionStore.Configure(options);
        Outbox.Configure(options);
    }

    public static void AddDeliveries(this IHostApplicationBuilder builder)
    {
        builder.Require<DeliveryOptions>("Deliveries");
        builder.Require<OutboundOptions>("Outbound");
        builder.Require<BulletinOptions>("Bulletins");
        builder.Services.AddSingleton<OutboundHttp>().AddSingleton<CallBudget>();
        // A request need not begin with its kind.
        builder.Services.ConfigureHttpJsonOptions(json => json.SerializerOptions.AllowOutOfOrderMetadataProperties = true);
        builder.Services.AddSingleton<SubscriptionStore>();
        builder.Services.AddSingleton<Outbox>();
        builder.Services.AddHostedService<RefoldTopics>();
        builder.Services.AddSingleton<OwnerWatch>().AddHostedService(services => services.GetRequiredService<OwnerWatch>());
        builder.Services.AddHostedService<FanOut>();
        builder.Services.AddHostedService<Housekeeping>();
    }

    public static void AddChannel<TChannel>(this IHostApplicationBuilder builder)
        where TChannel : class, IChannel
    {
        builder.Services.AddSingleton<TChannel>();
        // AddHostedService takes one of a type; there is a deliverer for each channel.
        builder.Services.AddSingleton<IHostedService>(services =>
            ActivatorUtilities.CreateInstance<Deliverer>(services, services.GetRequiredService<TChannel>())
        );
    }
}
