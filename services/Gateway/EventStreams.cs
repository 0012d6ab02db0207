using System.Collections.Concurrent;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using NewsPlatform.ServiceDefaults;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace NewsPlatform.Gateway;

/// <summary>
/// Hands streams of events on. Such a stream is quiet for nearly all of its time, so it holds no buffer while it is, no timer of its own,
/// and nothing of what YARP has made to forward the request: YARP is done when the service has answered, and the body is copied here.
/// </summary>
public sealed class EventStreams(TimeProvider clock, ILogger<EventStreams> log)
    : PeriodicService(round, clock, log, "Silent streams could not be looked for")
{
    const string MediaType = "text/event-stream";

    /// <summary>Of the service's bytes that are taken at once; Kestrel's buffers are as long.</summary>
    const int AtOnce = 4_096;

    static readonly TimeSpan round = TimeSpan.FromSeconds(5);

    readonly ConcurrentDictionary<Held, bool> open = new();

    public static void Add(IServiceCollection services)
    {
        services.AddSingleton<EventStreams>().AddHostedService(provider => provider.GetRequiredService<EventStreams>());
        // What a service says goes out by the thread that has read it.
        services.Configure<SocketTransportOptions>(sockets => sockets.UnsafePreferInlineScheduling = true);
    }

    /// <summary>Has the proxy leave bodies of streams alone, for <see cref="Use"/>.</summary>
    public static void Declare(TransformBuilderContext route) => route.AddResponseTransform(Take);

    static ValueTask Take(ResponseTransformContext answer)
    {
        if (
            answer.ProxyResponse is { IsSuccessStatusCode: true } response
            && response.Content.Headers.NonValidated.TryGetValues("Content-Type", out var type)
            && type.ToString().StartsWith(MediaType, StringComparison.OrdinalIgnoreCase)
        )
        {
            var silence = answer.HttpContext.GetReverseProxyFeature().Cluster.Config.HttpRequest?.ActivityTimeout;
            answer.HttpContext.Features.Set(new Held(answer.HttpContext, response.Content, silence ?? TimeSpan.MaxValue));
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
                if (context.Features.Get<Held>() is { } held)
                {
                    context.Features.Set<Held>(null);
                    await streams.CopyAsync(held, context);
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

    async Task CopyAsync(Held held, HttpContext context)
    {
        var (gone, client) = (context.RequestAborted, context.Response.BodyWriter);
        open[held] = true;
        try
        {
            await using var service = await held.Body.ReadAsStreamAsync(gone);
            while (true)
            {
                // Waits without a buffer.
                _ = await service.ReadAsync(Memory<byte>.Empty, gone);
                var read = await service.ReadAsync(client.GetMemory(AtOnce), gone);
                if (read == 0)
                {
                    return;
                }
                client.Advance(read);
                held.Said();
                if ((await client.FlushAsync(gone)).IsCompleted)
                {
                    return;
                }
                held.Said();
            }
        }
        catch (Exception broken) when (broken is IOException or OperationCanceledException)
        {
            // The client sees that it was not the end, and comes back.
            context.Abort();
        }
        finally
        {
            open.TryRemove(held, out _);
            held.End();
        }
    }

    /// <summary>An answer that has begun, and goes on for as long as it does.</summary>
    sealed class Held(HttpContext context, HttpContent body, TimeSpan silence)
    {
        readonly Lock gate = new();
        long lastAt = Environment.TickCount64;
        bool ended;

        public HttpContent Body => body;

        public void Said() => Volatile.Write(ref lastAt, Environment.TickCount64);

        public void CutIfSilent(long now)
        {
            lock (gate)
            {
                // The context of one that has ended is another request's by now.
                if (!ended && now - Volatile.Read(ref lastAt) > silence.TotalMilliseconds)
                {
                    context.Abort();
                }
            }
        }

        public void End()
        {
            lock (gate)
            {
                ended = true;
            }
            body.Dispose();
        }
    }
}
