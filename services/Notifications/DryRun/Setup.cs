using NewsPlatform.Notifications.Deliveries;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.DryRun;

public static class Setup
{
    public static void AddDryRuns(this IHostApplicationBuilder builder)
    {
        builder.Require<DryRunOptions>("DryRun");
        builder.Services.AddSingleton<DryRuns>();
        builder.Services.AddHostedService(services => services.GetRequiredService<DryRuns>());
        builder.Services.AddHealthChecks().AddCheck<DryRuns>("dry run", tags: [Management.Ready]);
        builder.AddChannel<DryRunChannel>();
    }
}
