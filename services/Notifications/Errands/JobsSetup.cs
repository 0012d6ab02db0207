using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Errands;

public static class JobsSetup
{
    public static void AddErrands(this IHostApplicationBuilder builder)
    {
        builder.Require<ErrandOptions>("Errands");
        builder.Services.AddSingleton<JobStore>();
    }

    public static void AddErrand<TErrand>(this IHostApplicationBuilder builder) where TErrand : class, IJob
    {
        builder.Services.AddSingleton<TErrand>();
        // AddHostedService takes one of a type; there is a runner for each kind.
        builder.Services.AddSingleton<IHostedService>(services => ActivatorUtilities.CreateInstance<ErrandRunner>(services, services.GetRequiredService<TErrand>()));
    }
}
