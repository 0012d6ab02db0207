using System.Collections.Concurrent;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using NewsPlatform.Gateway.Instances;
using NewsPlatform.Gateway.Limits;
using NewsPlatform.ServiceDefaults;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace NewsPlatform.Gateway;

/// <summary>
/// Hands streams of events on. Such a stream is quiet for nearly all of its time, so it holds no buffer while it is, no timer of its own,
/// and nothing of what was made to forward the request: YARP is done when the service has answered, HTTP when the client has the head (see
/// <see cref="ConnectionHandover"/>), and the body is copied here.
/// </summary>
public sealed class EventStreams(LimitOptions limits, TimeProvider clock, ILogger<EventStreams> log)
    : PeriodicService(round, clock, log, "Silent streams could not be looked for")
{
    const string MediaType = "text/event-stream";

    static readonly TimeSpan round = TimeSpan.FromSeconds(5);

    readonly ConcurrentDictionary<HeldStream, bool> open = new();

    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<EventStreams>().AddHostedService(provider => provider.GetRequiredService<EventStreams>());
        services.Configure<SocketTransportOptions>(sockets =>
        {
            // What a service says goes out by the thread that has read it, which goes on when the kernel has it.
            sockets.UnsafePreferInlineScheduling = true;
            sockets.MaxWriteBufferSize = 1;
        });
    }

    /// <summary>Has the proxy leave bodies of streams alone, for <see cref="Use"/>.</summary>
    public static void Declare(TransformBuilderContext route)
    {
        var instances = route.Services.GetRequiredService<InstanceStates>();
        route.AddResponseTransform(answer => Take(answer, instances));
    }

    static ValueTask Take(ResponseTransformContext answer, InstanceStates instances)
    {
        if (
            answer.ProxyResponse is { IsSuccessStatusCode: true } response
            && response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var type)
            && type.ToString().StartsWith(MediaType, StringComparison.OrdinalIgnoreCase)
        )
        {
            var proxied = answer.HttpContext.GetReverseProxyFeature();
            answer.HttpContext.Features.Set(
                new HeldStream(
                    response.Content,
                    proxied.Cluster.Config.HttpRequest?.ActivityTimeout ?? TimeSpan.MaxValue,
                    instances.Stream(proxied.ProxiedDestination!)
                )
            );
            // The proxy disposes of the answer, and thereby of the content that it has.
            response.Content = null;
            answer.SuppressResponseBody = true;
        }
        return ValueTask.CompletedTask;
    }

    /// <summary>Before whatever looks at what the proxy did.</summary>
    public static void Use(IReverseProxyApplicationBuilder proxy)
    {
        var streams = proxy.ApplicationServices.GetRequiredService<EventStreams>();
        proxy.Use(
            async (context, next) =>
            {
                await next(context);
                if (context.Features.Get<HeldStream>() is { } held)
                {
                    context.Features.Set<HeldStream>(null);
                    await streams.HandOnAsync(held, context);
                }
            }
        );
    }

    /// <summary>A service whose process hangs says nothing any more, not even that it lives.</summary>
    protected override Task RunOnceAsync(CancellationToken ct)
    {
        var now = Environment.TickCount64;
        foreach (var (held, _) in open)
        {
            held.CutIfSilent(now);
        }
        return Task.CompletedTask;
    }

    /// <summary>What is limited while it is under way is under way for as long as its request.</summary>
    bool MayOutliveItsRequest => !limits.Enabled || limits.Stream is { ConcurrentPerClient: 0, Concurrent: 0 };

    async Task HandOnAsync(HeldStream held, HttpContext context)
    {
        if (
            MayOutliveItsRequest
            && ConnectionHandover.Of(context) is { } handover
            && context.Features.Get<IConnectionSocketFeature>()?.Socket is { } socket
        )
        {
            context.Response.Headers.Connection = "close";
            context.Response.Headers.TransferEncoding = "chunked";
            await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
            GoOn(held, handover, socket);
        }
        else
        {
            await WatchAsync(held, context.Abort, held.CopyAsync(context.Response.BodyWriter, context.RequestAborted));
        }
    }

    /// <remarks>By itself, so that what goes on holds nothing of the request.</remarks>
    void GoOn(HeldStream held, ConnectionHandover handover, Socket socket) =>
        handover.To(below => WatchAsync(held, below.Abort, held.CopyAsync(socket, below.ConnectionClosed)));

    /// <param name="abort">Ends the connection to the client.</param>
    async Task WatchAsync(HeldStream held, Action abort, Task copy)
    {
        held.Begin(abort);
        open[held] = true;
        try
        {
            await copy;
        }
        catch (Exception broken) when (broken is IOException or OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The client sees that it was not the end, and comes back.
            abort();
        }
        finally
        {
            open.TryRemove(held, out _);
            held.End();
        }
    }
}
