using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Forwarder;

namespace NewsPlatform.Gateway;

/// <summary>A service that does not answer is a 503 that says when to come back, not a bare 502 or 504.</summary>
public static class OutageAnswer
{
    const string RetryAfterSeconds = "2";

    public static void UseOutageAnswer(this IReverseProxyApplicationBuilder proxy) => proxy.Use(async (context, next) =>
    {
        await next(context);
        if (!context.Response.HasStarted && context.Response.StatusCode is 502 or 503 or 504
            && context.Features.Get<IForwarderErrorFeature>() is not null)
        {
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            context.Response.Headers[HeaderNames.RetryAfter] = RetryAfterSeconds;
        }
    });
}
