using Microsoft.Net.Http.Headers;
using NewsPlatform.ServiceDefaults;
using Yarp.ReverseProxy.Forwarder;

namespace NewsPlatform.Gateway;

/// <summary>
/// A service that does not answer is a 503 that says when to come back, not a bare 502 or 504. A body that was broken off as too long is no
/// outage.
/// </summary>
public static class ServiceUnavailableResponse
{
    const string RetryAfterSeconds = "2";

    public static void UseServiceUnavailableResponse(this IReverseProxyApplicationBuilder proxy)
    {
        var log = proxy.ApplicationServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ServiceUnavailableResponse));
        proxy.Use((context, next) => AnswerAsync(context, next, log));
    }

    static async Task AnswerAsync(HttpContext context, RequestDelegate next, ILogger log)
    {
        await next(context);
        if (context.Features.Get<IForwarderErrorFeature>() is not { } failed)
        {
            return;
        }
        if (!context.RequestAborted.IsCancellationRequested && context.Response.StatusCode is 502 or 503 or 504)
        {
            log.LogWarning(
                "{Service} did not answer {Path}: {Error}, {Fault}",
                context.GetReverseProxyFeature().Cluster.Config.ClusterId,
                context.Request.Path.Value is { Length: > 100 } path ? path[..100] : context.Request.Path,
                failed.Error,
                failed.Exception?.GetBaseException().Message
            );
        }
        if (context.Response.HasStarted)
        {
            return;
        }
        BodyLimit.Require(context);
        if (context.Response.StatusCode is 502 or 503 or 504)
        {
            if (EventSource.Asks(context.Request))
            {
                await EventSource.ComeBackAsync(context, TimeSpan.FromSeconds(1));
                return;
            }
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            context.Response.Headers[HeaderNames.RetryAfter] = RetryAfterSeconds;
        }
    }
}
