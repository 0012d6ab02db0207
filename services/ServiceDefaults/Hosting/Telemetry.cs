using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace NewsPlatform.ServiceDefaults;

/// <summary>
/// Traces (W3C Trace Context, from the editor's request to the bulletin), metrics (Prometheus on the management port) and logs
/// (a JSON object a line, with the trace id). Set OTEL_EXPORTER_OTLP_ENDPOINT to have traces and metrics sent to a collector too.
/// </summary>
public static class Telemetry
{
    public static readonly ActivitySource Source = new("NewsPlatform");
    public static readonly Meter Meter = new("NewsPlatform");

    static readonly double[] delays = [0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300];

    /// <summary>
    /// What an outgoing request or look-up is told apart by; not by where it went, since others name webhooks' hosts, as many as they like.
    /// </summary>
    static readonly string[] ownWords =
    [
        "http.request.method",
        "http.response.status_code",
        "error.type",
        "network.protocol.version",
        "http.connection.state",
    ];

    /// <summary>A histogram of seconds from an article's becoming public, fine where a newsroom looks.</summary>
    public static Histogram<double> DelayHistogram(string name, string description) =>
        Meter.CreateHistogram<double>(name, "s", description, advice: new() { HistogramBucketBoundaries = delays });

    public static void AddTelemetry(this IHostApplicationBuilder builder, string service)
    {
        AddLogs(builder.Logging);
        var exported = builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 };
        var telemetry = builder
            .Services.AddOpenTelemetry()
            .ConfigureResource(resource => resource.AddService(service, "NewsPlatform"))
            .WithTracing(tracing =>
                tracing
                    // A span for each statement is for who looks at traces; what logs are told apart by comes from the others.
                    .AddSource([Source.Name, "MassTransit", .. exported ? ["Marten", "Npgsql"] : Array.Empty<string>()])
                    .AddAspNetCoreInstrumentation(http => http.Filter = context => !context.Request.Path.StartsWithSegments("/health"))
                    .AddHttpClientInstrumentation()
            )
            .WithMetrics(metrics =>
                metrics
                    .AddMeter(Meter.Name, "MassTransit", "Marten", "Npgsql", "Yarp.ReverseProxy")
                    .AddAspNetCoreInstrumentation()
                    .AddHttpClientInstrumentation()
                    .AddRuntimeInstrumentation()
                    .AddView(instrument => NamesOthers(instrument) ? new MetricStreamConfiguration { TagKeys = ownWords } : null)
                    .AddPrometheusExporter()
            );
        if (exported)
        {
            telemetry.UseOtlpExporter();
        }
    }

    static bool NamesOthers(Instrument instrument) => instrument.Meter.Name is "System.Net.Http" or "System.Net.NameResolution";

    static void AddLogs(ILoggingBuilder logging)
    {
        logging.ClearProviders();
        logging.Configure(options => options.ActivityTrackingOptions = ActivityTrackingOptions.TraceId | ActivityTrackingOptions.SpanId);
        logging.AddJsonConsole(console =>
        {
            console.IncludeScopes = true;
            console.UseUtcTimestamp = true;
            console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ";
        });
        logging.SetMinimumLevel(LogLevel.Information);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
        logging.AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information);
        // A connection whose client sends on after it was answered; faults of ours are said by what answers them.
        logging.AddFilter("Microsoft.AspNetCore.Server.Kestrel", LogLevel.Critical);
        logging.AddFilter("System.Net.Http", LogLevel.Warning);
        logging.AddFilter("Yarp", LogLevel.Warning);
        // A stack trace for each body that a client breaks off; of an outage the gateway says one line itself.
        logging.AddFilter("Yarp.ReverseProxy.Forwarder.HttpForwarder", LogLevel.None);
        logging.AddFilter("Npgsql", LogLevel.Warning);
        logging.AddFilter("Marten", LogLevel.Warning);
        // It says what it could not store with the whole statement, articles and keys included, also where two were told that one was
        // faster; whoever asked for it is told too, and says so in the log where it is nobody's refusal.
        logging.AddFilter("Marten.IDocumentStore", LogLevel.None);
        logging.AddFilter("JasperFx", LogLevel.Warning);
        logging.AddFilter("MassTransit", LogLevel.Warning);
    }
}
