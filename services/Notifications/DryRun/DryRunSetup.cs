using NewsPlatform.Notifications.Deliveries;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.DryRun;

public static class DryRunSetup
{
    public static void AddDryRuns(this IHostApplicationBuilder builder)
    {
        var options = builder.Require<DryRunOptions>("DryRun");
        builder.Services.AddSingleton<DryRunSubscriptions>();
        builder.Services.AddSingleton<DryRunListeners>();
        builder.Services.AddHostedService(services => services.GetRequiredService<DryRunListeners>());
        builder.Services.AddSingleton<DryRunWatch>();
        if (options.EverySeconds > 0)
        {
            builder.Services.AddHostedService(services => services.GetRequiredService<DryRunWatch>());
        }
        builder.Services.AddHealthChecks().AddCheck<DryRunWatch>("dry run", tags: [Management.Ready]);
        builder.Services.AddSingleton(new ManagementRoute(DryRunReceiver.Path, DryRunReceiver.HandleAsync));
    }

    /// <summary>Has a channel take part in the dry runs.</summary>
    public static ChannelBuilder WithDryRun<TTarget>(this ChannelBuilder channel)
        where TTarget : class, IDryRunTarget
    {
        channel.Services.AddSingleton<IDryRunTarget, TTarget>();
        return channel;
    }
}
