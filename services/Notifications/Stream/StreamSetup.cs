using Marten;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Stream;

public static class StreamSetup
{
    public static void AddStream(this IHostApplicationBuilder builder)
    {
        builder.Require<StreamOptions>("Stream");
        builder.Services.ConfigureMarten(Tickets.Configure);
        builder.Services.Configure<SocketTransportOptions>(sockets =>
        {
            // Whoever has something to say says it to the kernel itself, without a thread in between, and goes on when the kernel has it.
            sockets.UnsafePreferInlineScheduling = true;
            sockets.MaxWriteBufferSize = 1;
        });
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
