using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Ready;

public static class Setup
{
    public static void AddReady(this WebApplicationBuilder builder)
    {
        builder.Require<ReadyOptions>("Ready");
        builder.Services.AddSingleton<LineClock>();
        builder.Services.AddHostedService(services => services.GetRequiredService<LineClock>());
        builder.Services.AddSingleton<ReadyAnswers>();
    }
}
