using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.DryRun;

public static class DryRunSetup
{
    public static void AddDryRuns(this IHostApplicationBuilder builder)
    {
        builder.Require<DryRunOptions>("DryRun");
        builder.Services.AddSingleton<DryRuns>();
        builder.Services.AddSingleton<DryRunSubscriptions>();
        builder.Services.AddSingleton<DryRunListeners>();
        builder.Services.AddHostedService(services => services.GetRequiredService<DryRunListeners>());
        builder.Services.AddSingleton<DryRunWatch>();
        builder.Services.AddHostedService(services => services.GetRequiredService<DryRunWatch>());
        builder.Services.AddHealthChecks().AddCheck<DryRunWatch>("dry run", tags: [Management.Ready]);
        builder.Services.AddSingleton(new ManagementRoute(DryRunReceiver.Path, DryRunReceiver.HandleAsync));
    }
}
