using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Stream;

public static class Setup
{
    /// <summary>The policy of whose pages may read answers in a browser.</summary>
    public const string Cors = "stream";

    public static void AddStream(this IHostApplicationBuilder builder)
    {
        var (options, portal) = (builder.Require<StreamOptions>("Stream"), builder.Require<PortalOptions>("Portal"));
        builder.Services.AddSingleton<Wire>().AddSingleton<StreamMemory>().AddSingleton<History>().AddSingleton<Listening>().AddSingleton<Tickets>().AddSingleton<Door>();
        builder.Services.AddSingleton<LogTail>().AddHostedService(services => services.GetRequiredService<LogTail>());
        builder.Services.AddSingleton<Keeper>().AddHostedService(services => services.GetRequiredService<Keeper>());
        builder.Services.AddHealthChecks().AddCheck<LogTail>("stream", tags: [Management.Ready]).AddCheck<Keeper>("drain", tags: [Management.Ready]);
        builder.Services.AddCors(cors => cors.AddPolicy(Cors, policy => policy
            .WithOrigins([portal.PublicUrl.TrimEnd('/'), .. options.AllowedOrigins]).WithMethods("GET", "POST").WithHeaders("Authorization", "Last-Event-ID", "Cache-Control")
            .WithExposedHeaders("Last-Event-ID", "Retry-After").SetPreflightMaxAge(TimeSpan.FromHours(1))));
    }

    /// <summary>Before the endpoints.</summary>
    public static void UseStream(this WebApplication app)
    {
        var options = app.Services.GetRequiredService<StreamOptions>();
        app.UseCors();
        app.UseWebSockets(new() { KeepAliveInterval = TimeSpan.FromSeconds(options.HeartbeatSeconds), KeepAliveTimeout = TimeSpan.FromSeconds(options.PongSeconds) });
    }

    public static void MapStream(this IEndpointRouteBuilder app)
    {
        StreamBulletins.Map(app);
        StreamSocket.Map(app);
        Tickets.Map(app);
    }
}
