using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Stream;

public static class Setup
{
    public static void AddStream(this IHostApplicationBuilder builder)
    {
        builder.Require<StreamOptions>("Stream");
        builder.Services.AddSingleton<Wire>().AddSingleton<StreamMemory>().AddSingleton<History>().AddSingleton<Listening>().AddSingleton<Tickets>().AddSingleton<Door>();
        builder.Services.AddSingleton<LogTail>().AddHostedService(services => services.GetRequiredService<LogTail>());
        builder.Services.AddSingleton<Keeper>().AddHostedService(services => services.GetRequiredService<Keeper>());
        builder.Services.AddHealthChecks().AddCheck<LogTail>("stream", tags: [Management.Ready]).AddCheck<Keeper>("drain", tags: [Management.Ready]);
    }

    /// <summary>Before the endpoints.</summary>
    public static void UseStream(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<StreamOptions>();
        app.UseWebSockets(new() { KeepAliveInterval = TimeSpan.FromSeconds(options.HeartbeatSeconds), KeepAliveTimeout = TimeSpan.FromSeconds(options.PongSeconds) });
    }

    public static void MapStream(this IEndpointRouteBuilder app)
    {
        StreamBulletins.Map(app);
        StreamSocket.Map(app);
        Tickets.Map(app);
    }
}
