using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Diagnostics.HealthChecks;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace NewsPlatform.ServiceDefaults;

/// <summary>What operators ask a service, on a port that the gateway does not know.</summary>
public static class Management
{
    /// <summary>The tag of checks that decide whether a service is ready.</summary>
    public const string Ready = "ready";

    /// <remarks>Told apart by the port that was really connected to; a Host header is the client's to choose.</remarks>
    public static void MapManagement(this WebApplication app, int port) =>
        app.MapWhen(
            context => context.Connection.LocalPort == port,
            management =>
            {
                management.UseHealthChecks("/health/live", new HealthCheckOptions { Predicate = _ => false, ResponseWriter = Write });
                management.UseHealthChecks(
                    "/health/ready",
                    new HealthCheckOptions { Predicate = c => c.Tags.Contains(Ready), ResponseWriter = Write }
                );
                management.UseOpenTelemetryPrometheusScrapingEndpoint("/metrics");
                foreach (var route in app.Services.GetServices<ManagementRoute>())
                {
                    management.Map(route.Path, branch => branch.Run(route.Handle));
                }
                management.Run(context =>
                {
                    context.Response.StatusCode = StatusCodes.Status404NotFound;
                    return Task.CompletedTask;
                });
            }
        );

    static Task Write(HttpContext context, HealthReport report) =>
        context.Response.WriteAsJsonAsync(
            new
            {
                Status = report.Status.ToString(),
                Checks = report.Entries.ToDictionary(
                    e => e.Key,
                    e => new
                    {
                        Status = e.Value.Status.ToString(),
                        Description = e.Value.Description ?? e.Value.Exception?.Message,
                        e.Value.Data,
                    }
                ),
            },
            JsonSerializerOptions.Web
        );
}
