using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Ready;

public static class Setup
{
    public static void AddReady(this WebApplicationBuilder builder)
    {
        builder.Require<ReadyOptions>("Ready");
        builder.Require<WorkOptions>("Work");
        builder.Services.AddSingleton<LineClock>();
        builder.Services.AddHostedService(services => services.GetRequiredService<LineClock>());
        builder.Services.AddSingleton<WorkLimits>().AddSingleton<ReadyStore>().AddSingleton<ReadyAnswers>();
    }
}
