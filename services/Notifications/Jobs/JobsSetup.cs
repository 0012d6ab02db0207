using Marten;
using NewsPlatform.Notifications.Due;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Jobs;

public static class JobsSetup
{
    public static void AddJobs(this IHostApplicationBuilder builder)
    {
        builder.Require<JobOptions>("Errands");
        builder.Services.ConfigureMarten(JobStore.Configure);
        builder.Services.AddSingleton<JobStore>();
        builder.AddDueWork();
    }

    public static void AddJob<TJob>(this IHostApplicationBuilder builder)
        where TJob : class, IJob
    {
        builder.Services.AddSingleton<TJob>();
        // AddHostedService takes one of a type; there is a runner for each kind.
        builder.Services.AddSingleton<IHostedService>(services =>
            ActivatorUtilities.CreateInstance<JobRunner>(services, services.GetRequiredService<TJob>())
        );
    }
}
