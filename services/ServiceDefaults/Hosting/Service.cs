using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace NewsPlatform.ServiceDefaults;

/// <summary>A service of the platform, wired like every other one.</summary>
public static class Service
{
    /// <summary>The exit code of a service that cannot start as it is configured (sysexits' EX_CONFIG).</summary>
    const int BadConfiguration = 78;

    /// <param name="name">The name in logs, traces and metrics.</param>
    /// <param name="protocols">What the service speaks; the gateway streams both ways at once to a service that speaks HTTP/2.</param>
    /// <param name="early">What can answer by itself, before it is known where a request goes.</param>
    /// <param name="routed">What comes as soon as it is known where a request goes, before anything of it is refused.</param>
    public static async Task<int> RunAsync(
        string name,
        string[] args,
        Action<WebApplicationBuilder> build,
        Action<WebApplication> map,
        HttpProtocols protocols = HttpProtocols.Http1,
        Action<WebApplication>? routed = null,
        Action<WebApplication>? early = null
    )
    {
        try
        {
            var builder = WebApplication.CreateSlimBuilder(
                new WebApplicationOptions
                {
                    Args = args,
                    ApplicationName = System.Reflection.Assembly.GetEntryAssembly()!.GetName().Name,
                    ContentRootPath = AppContext.BaseDirectory,
                }
            );
            AddConfiguration(builder, args);
            builder.AddTelemetry(name);
            var listen = builder.Require<ListenOptions>("Listen");
            builder.Require<ProxyOptions>("Proxies");
            builder.WebHost.ConfigureKestrel(kestrel => Configure(kestrel, listen, protocols));
            builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(listen.ShutdownSeconds));
            builder.Services.AddSingleton(TimeProvider.System);
            builder.Services.AddProblems();
            builder.Services.AddHealthChecks();
            build(builder);

            var app = builder.Build();
            app.UseUnparsedAnswers();
            app.UseProblems();
            app.UseClientAddress();
            app.MapManagement(listen.ManagementPort);
            app.UseReadableHeaders();
            early?.Invoke(app);
            app.UseRoutingWithHead();
            routed?.Invoke(app);
            app.UseBodyLimit();
            app.UseReadableBodies();
            app.UseKnownCaller();
            map(app);
            BoundStop(app, listen);
            await app.RunAsync();
            return 0;
        }
        catch (ConfigurationFault fault)
        {
            await Console.Error.WriteLineAsync($"{name} cannot start: {fault.Message}");
            return BadConfiguration;
        }
    }

    /// <summary>Defaults, then files of secrets (a file's name is the setting's), then the environment, then arguments.</summary>
    static void AddConfiguration(WebApplicationBuilder builder, string[] args)
    {
        builder.Configuration.Sources.Clear();
        builder.Configuration.AddJsonFile(Path.Combine(AppContext.BaseDirectory, "portal.json"), optional: false, reloadOnChange: false);
        builder.Configuration.AddJsonFile(
            Path.Combine(AppContext.BaseDirectory, "appsettings.json"),
            optional: true,
            reloadOnChange: false
        );
        if (Environment.GetEnvironmentVariable("SECRETS_DIR") is { Length: > 0 } secrets)
        {
            builder.Configuration.AddKeyPerFile(secrets, optional: false);
        }
        builder.Configuration.AddEnvironmentVariables();
        builder.Configuration.AddCommandLine(args);
    }

    /// <summary>
    /// A library that waits for a server which is gone must not keep the process alive. Whatever is under way then is as safe as in a
    /// crash: nothing is acknowledged before it is stored.
    /// </summary>
    static void BoundStop(WebApplication app, ListenOptions listen) =>
        app.Lifetime.ApplicationStopping.Register(() =>
            _ = Task.Delay(TimeSpan.FromSeconds(listen.ShutdownSeconds + 5), CancellationToken.None)
                .ContinueWith(
                    _ =>
                    {
                        app.Logger.LogWarning(
                            "Not everything had stopped after {Seconds} s; the process ends without it",
                            listen.ShutdownSeconds + 5
                        );
                        Environment.Exit(1);
                    },
                    TaskScheduler.Default
                )
        );

    static void Configure(KestrelServerOptions kestrel, ListenOptions listen, HttpProtocols protocols)
    {
        var address = IPAddress.Parse(listen.Address);
        kestrel.AddServerHeader = false;
        // What a field says is passed on as it came, in whichever encoding that is: one byte is one character, on the way in and on the way
        // out.
        kestrel.RequestHeaderEncodingSelector = _ => Encoding.Latin1;
        kestrel.ResponseHeaderEncodingSelector = _ => Encoding.Latin1;
        kestrel.Limits.MaxRequestBodySize = listen.MaxBodyBytes;
        kestrel.Limits.MaxRequestLineSize = listen.MaxRequestLineBytes;
        if (protocols == HttpProtocols.Http2)
        {
            // There the address is one of the header fields; what the gateway takes in its first line must not be too much behind it.
            kestrel.Limits.Http2.MaxRequestHeaderFieldSize = listen.MaxRequestLineBytes;
            kestrel.Limits.MaxRequestHeadersTotalSize += listen.MaxRequestLineBytes;
        }
        kestrel.Listen(address, listen.Port, endpoint =>
        {
            endpoint.Protocols = protocols;
            ConnectionHandover.Allow(endpoint);
            endpoint.AnswerUnparsed();
        });
        kestrel.Listen(address, listen.ManagementPort, endpoint => endpoint.Protocols = HttpProtocols.Http1);
    }
}
