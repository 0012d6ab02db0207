using System.Text.Json;
using NewsPlatform.Contracts;
using NewsPlatform.Feed.Ready;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Edge;

/// <summary>
/// Tells gateways of every change as soon as it is known here, and a few times a second that nothing has changed. While it cannot be known
/// here, nothing is said: the gateway asks again for each answer then.
/// </summary>
public sealed class EdgeChanges(ChangeTracker changes, IHostApplicationLifetime life)
{
    public static void Add(IServiceCollection services) =>
        services
            .AddSingleton<EdgeChanges>()
            .AddSingleton(its => new ManagementRoute(EdgeProtocol.ChangesPath, its.GetRequiredService<EdgeChanges>().HandleAsync));

    async Task HandleAsync(HttpContext context)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(context.RequestAborted, life.ApplicationStopping);
        context.Response.ContentType = "application/x-ndjson";
        try
        {
            while (!ends.IsCancellationRequested)
            {
                // Before the state is read: a change in between is told at once.
                var next = changes.NextAsync();
                if (changes.All() is { } state)
                {
                    await context.Response.Body.WriteAsync((byte[])[.. JsonSerializer.SerializeToUtf8Bytes(state), (byte)'\n'], ends.Token);
                    await context.Response.Body.FlushAsync(ends.Token);
                }
                await Task.WhenAny(next, Task.Delay(EdgeProtocol.Heartbeat, ends.Token));
            }
        }
        catch (OperationCanceledException) when (ends.IsCancellationRequested)
        {
            // The gateway has gone, or this instance goes.
        }
    }

    /// <summary>Says with every answer that the gateway asked for which change was the last, for what else its reader may have.</summary>
    public static void UseLatest(WebApplication app)
    {
        var changes = app.Services.GetRequiredService<ChangeTracker>();
        app.Use(
            (context, next) =>
            {
                if (context.Request.Headers.ContainsKey(EdgeProtocol.AskField))
                {
                    context.Response.OnStarting(() =>
                    {
                        if (changes.Of(null) is { } last)
                        {
                            context.Response.Headers[EdgeProtocol.LatestField] = last.Number.ToString(
                                System.Globalization.CultureInfo.InvariantCulture
                            );
                        }
                        return Task.CompletedTask;
                    });
                }
                return next(context);
            }
        );
    }
}
