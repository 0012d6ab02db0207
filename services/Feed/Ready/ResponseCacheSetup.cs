using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Ready;

public static class ResponseCacheSetup
{
    public static void AddReady(this WebApplicationBuilder builder)
    {
        builder.Require<ReadyOptions>("Ready");
        builder.Require<WorkOptions>("Work");
        builder.Services.AddSingleton<ChangeTracker>();
        builder.Services.AddHostedService(services => services.GetRequiredService<ChangeTracker>());
        builder.Services.AddSingleton<WorkLimits>().AddSingleton<CacheStore>().AddSingleton<ResponseCache>();
    }
}
