using Marten;
using NewsPlatform.Notifications.Due;
using NewsPlatform.Notifications.Outbound;
using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Deliveries;

/// <summary>What every channel of durable subscriptions stands on.</summary>
public static class DeliveriesSetup
{
    public static void AddDeliveries(this IHostApplicationBuilder builder)
    {
        builder.Require<DeliveryOptions>("Deliveries");
        builder.Require<OutboundOptions>("Outbound");
        builder.Services.ConfigureMarten(DeliveryTables.Configure);
        builder.Services.AddSingleton<OutboundHttp>().AddSingleton<CallBudget>();
        builder.Services.AddSingleton<AttemptLog>().AddSingleton<NoticeReader>().AddSingleton<NoticeWriter>();
        builder.Services.AddSingleton<Outbox>().AddSingleton<IPendingDeliveries>(services => services.GetRequiredService<Outbox>());
        builder.Services.AddSingleton<DeliveryRetention>();
        builder.AddDueWork();
        builder.Services.AddHostedService<FanOut>();
        builder.Services.AddHostedService<Housekeeping>();
        builder.Services.AddHostedService<DeliveryMetrics>();
    }

    /// <summary>Adds a channel, and the target that its subscriptions have.</summary>
    public static ChannelBuilder AddChannel<TChannel, TTarget>(this IHostApplicationBuilder builder, string kind)
        where TChannel : class, IChannel
        where TTarget : Target
    {
        builder.Services.AddTarget<TTarget>(kind);
        builder.Services.AddSingleton<TChannel>();
        // AddHostedService takes one of a type; there is a deliverer for each channel.
        builder.Services.AddSingleton<IHostedService>(services =>
            ActivatorUtilities.CreateInstance<Deliverer>(services, services.GetRequiredService<TChannel>())
        );
        return new(builder.Services, kind);
    }

    /// <summary>Maps the endpoints that channels have of their own.</summary>
    public static void MapChannels(this IEndpointRouteBuilder app)
    {
        foreach (var endpoints in app.ServiceProvider.GetServices<ChannelEndpoints>())
        {
            endpoints.Map(app);
        }
    }
}
