using Microsoft.Net.Http.Headers;
using NewsPlatform.ServiceDefaults;
using Yarp.ReverseProxy.Forwarder;

namespace NewsPlatform.Gateway;

/// <summary>A service that does not answer is a 503 that says when to come back, not a bare 502 or 504. A body that was broken off as too long is no outage.</summary>
public static class OutageAnswer
{
    const string RetryAfterSeconds = "2";

    public static void UseOutageAnswer(this IReverseProxyApplicationBuilder proxy) => proxy.Use(async (context, next) =>
    {
        await next(context);
        if (context.Response.HasStarted || context.Features.Get<IForwarderErrorFeature>() is null)
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
    });
}
