using NewsPlatform.Gateway.Limits;
using Yarp.ReverseProxy.Transforms;
using Yarp.ReverseProxy.Transforms.Builder;

namespace NewsPlatform.Gateway.Instances;

/// <summary>How long an instance may take until it begins to answer. What it then says may take as long as it does.</summary>
#pragma warning disable CA1001 // Its timer is off once the answer has begun, and the rest of a body may still be written then.
public sealed class FirstByte
#pragma warning restore CA1001
{
    static readonly HttpRequestOptionsKey<TimeSpan> key = new("first byte");

    readonly CancellationTokenSource over = new();
    readonly TimeSpan limit;
    volatile bool begun;

    FirstByte(TimeSpan limit) => this.limit = limit;

    /// <summary>The limits of a route; an import has none, since it answers as its lines come.</summary>
    public static void Declare(TransformBuilderContext route)
    {
        if (route.Route.Metadata?.GetValueOrDefault("Class") == nameof(RouteClass.Import))
        {
            return;
        }
        var options = route.Services.GetRequiredService<InstanceOptions>();
        var (read, write) = (
            TimeSpan.FromMilliseconds(options.ReadFirstByteMilliseconds),
            TimeSpan.FromMilliseconds(options.WriteFirstByteMilliseconds)
        );
        route.AddRequestTransform(request =>
        {
            request.ProxyRequest.Options.Set(key, Repeats.IsRead(request.HttpContext.Request) ? read : write);
            return ValueTask.CompletedTask;
        });
    }

    /// <summary>Null for a request that has no limit.</summary>
    public static FirstByte? Of(HttpRequestMessage request) => request.Options.TryGetValue(key, out var limit) ? new(limit) : null;

    /// <summary>The instance has taken something; the limit is counted from now on.</summary>
    public void GoOn()
    {
        if (!begun)
        {
            over.CancelAfter(limit);
        }
    }

    /// <exception cref="OperationCanceledException">With a <see cref="TimeoutException"/>: it has not begun.</exception>
    /// <exception cref="HttpRequestException">There was no connection in time, so that nothing was sent.</exception>
    public async Task<HttpResponseMessage> AwaitAsync(Func<CancellationToken, Task<HttpResponseMessage>> send, CancellationToken ct)
    {
        GoOn();
        using var gone = ct.UnsafeRegister(static its => ((CancellationTokenSource)its!).Cancel(), over);
        try
        {
            return await send(over.Token);
        }
        catch (OperationCanceledException fault) when (!ct.IsCancellationRequested)
        {
            throw over.IsCancellationRequested
                ? new OperationCanceledException(fault.Message, new TimeoutException($"no first byte after {limit.TotalSeconds} s"))
                : new HttpRequestException(HttpRequestError.ConnectionError, "no connection in time", fault);
        }
        finally
        {
            begun = true;
            over.CancelAfter(Timeout.InfiniteTimeSpan);
        }
    }
}
