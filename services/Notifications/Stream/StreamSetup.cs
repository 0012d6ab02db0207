using Marten;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Stream;

public static class StreamSetup
{
    public static void AddStream(this IHostApplicationBuilder builder)
    {
        builder.Require<StreamOptions>("Stream");
        builder.Services.ConfigureMarten(Tickets.Configure);
        builder
            .Services.AddSingleton<Broadcaster>()
            .AddSingleton<StreamMemory>()
            .AddSingleton<ReplayBuffer>()
            .AddSingleton<BulletinReader>()
            .AddSingleton<Tickets>()
            .AddSingleton<ConnectionAdmission>();
        builder.Services.AddSingleton<LogTail>().AddHostedService(services => services.GetRequiredService<LogTail>());
        builder.Services.AddSingleton<ConnectionMonitor>().AddHostedService(services => services.GetRequiredService<ConnectionMonitor>());
        builder
            .Services.AddHealthChecks()
            .AddCheck<LogTail>("stream", tags: [Management.Ready])
            .AddCheck<ConnectionMonitor>("drain", tags: [Management.Ready]);
    }

    /// <summary>Before the endpoints.</summary>
    public static void UseStream(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<StreamOptions>();
        app.UseWebSockets(
            new()
            {
                KeepAliveInterval = TimeSpan.FromSeconds(options.HeartbeatSeconds),
                KeepAliveTimeout = TimeSpan.FromSeconds(options.PongSeconds),
            }
        );
    }

    public static void MapStream(this IEndpointRouteBuilder app)
    {
        StreamBulletins.Map(app);
        StreamSocket.Map(app);
        Tickets.Map(app);
        GetBulletins.Map(app);
    }
}
