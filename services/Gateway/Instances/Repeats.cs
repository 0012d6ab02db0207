using System.Diagnostics.Metrics;
using NewsPlatform.ServiceDefaults;
using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Model;

namespace NewsPlatform.Gateway.Instances;

/// <summary>
/// Sends a request that an instance has failed to another one, once, where that cannot do harm: a read; a write that its service does once
/// however often it comes, by its Idempotency-Key; and whatever never left the gateway.
/// </summary>
public static class Repeats
{
    const string KeyField = "Idempotency-Key";

    /// <summary>On a route: its service does a POST with a key once.</summary>
    const string Metadata = "TakesIdempotencyKey";

    static readonly Counter<long> repeats = Telemetry.Meter.CreateCounter<long>(
        "news.gateway.repeats",
        "{request}",
        "Requests that an instance has failed, by whether another one was asked: repeated, or refused because there were too many repeats"
    );

    public static bool IsRead(HttpRequest request) =>
        HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method);

    /// <summary>Before an instance is chosen.</summary>
    public static void UseRepeats(this IReverseProxyApplicationBuilder proxy)
    {
        var services = proxy.ApplicationServices;
        var (options, budget) = (services.GetRequiredService<InstanceOptions>(), services.GetRequiredService<RepeatBudget>());
        proxy.Use((context, next) => SendAsync(context, next, options, budget));
    }

    static async Task SendAsync(HttpContext context, RequestDelegate next, InstanceOptions options, RepeatBudget budget)
    {
        var proxied = context.GetReverseProxyFeature();
        budget.Earn(proxied.Cluster.Config.ClusterId);
        var safe = IsSafe(context, proxied, options);
        await next(context);
        if (
            context.Features.Get<IForwarderErrorFeature>() is not { } failed
            || context.Response.HasStarted
            || context.RequestAborted.IsCancellationRequested
            || !(NothingWasSent(failed) || safe && IsOfTheInstance(failed.Error) && IsWhole(context.Request))
            || Others(context, proxied) is not { Count: > 0 } others
        )
        {
            return;
        }
        var service = new KeyValuePair<string, object?>("service", proxied.Cluster.Config.ClusterId);
        if (!budget.Spend(proxied.Cluster.Config.ClusterId))
        {
            repeats.Add(1, service, new("outcome", "refused"));
            return;
        }
        repeats.Add(1, service, new("outcome", "repeated"));
        context.Features.Set<IForwarderErrorFeature>(null);
        context.Response.StatusCode = StatusCodes.Status200OK;
        proxied.AvailableDestinations = others;
        await next(context);
    }

    /// <summary>
    /// Whether it may be done a second time though it may have been done the first time. Its body is kept for that, in memory, as it is
    /// read.
    /// </summary>
    static bool IsSafe(HttpContext context, IReverseProxyFeature proxied, InstanceOptions options)
    {
        if (options.RepeatPercent == 0 || proxied.AllDestinations.Count < 2)
        {
            return false;
        }
        var request = context.Request;
        var empty =
            request.ContentLength is 0
            || context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestBodyDetectionFeature>() is { CanHaveBody: false };
        if (IsRead(request))
        {
            return empty;
        }
        if (
            !HttpMethods.IsPost(request.Method)
            || !request.Headers.ContainsKey(KeyField)
            || proxied.Route.Config.Metadata?.ContainsKey(Metadata) != true
        )
        {
            return false;
        }
        if (empty)
        {
            return true;
        }
        if (request.ContentLength > options.RepeatBodyBytes)
        {
            return false;
        }
        request.Body = new KeptBody(request.Body, options.RepeatBodyBytes);
        return true;
    }

    static bool IsWhole(HttpRequest request) => request.Body is not KeptBody body || body.Rewind();

    static bool NothingWasSent(IForwarderErrorFeature failed) =>
        failed.Error == ForwarderError.Request
        && failed.Exception is HttpRequestException fault
        && fault.HttpRequestError is (HttpRequestError.ConnectionError or HttpRequestError.NameResolutionError);

    static bool IsOfTheInstance(ForwarderError error) =>
        error
            is ForwarderError.Request
                or ForwarderError.RequestTimedOut
                or ForwarderError.RequestBodyDestination
                or ForwarderError.ResponseHeaders;

    /// <summary>Those that are well by now, without the one that has failed it.</summary>
    static List<DestinationState> Others(HttpContext context, IReverseProxyFeature proxied) =>
        [.. context.GetRouteModel().Cluster!.DestinationsState.AvailableDestinations.Where(its => its != proxied.ProxiedDestination)];
}
