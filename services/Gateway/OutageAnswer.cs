using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Forwarder;

namespace NewsPlatform.Gateway;

/// <summary>
/// A service that does not answer is a 503 that says when to come back, not a bare 502 or 504. An EventSource takes that for the end and would never come back
/// (WHATWG HTML, section 9.2.3), so it gets a stream that says nothing else.
/// </summary>
public static class OutageAnswer
{
    const string RetryAfterSeconds = "2";
    const string EventStream = "text/event-stream";

    public static void UseOutageAnswer(this IReverseProxyApplicationBuilder proxy) => proxy.Use(async (context, next) =>
    {
        await next(context);
        if (!context.Response.HasStarted && context.Response.StatusCode is 502 or 503 or 504
            && context.Features.Get<IForwarderErrorFeature>() is not null)
        {
            if (context.Request.Headers.Accept.ToString().Contains(EventStream, StringComparison.OrdinalIgnoreCase))
            {
                context.Response.StatusCode = StatusCodes.Status200OK;
                context.Response.ContentType = EventStream;
                context.Response.Headers.CacheControl = "no-store";
                // Not all at once.
                await context.Response.WriteAsync($"retry: {Random.Shared.Next(1_000, 3_000)}\n: unavailable at the moment, come back\n\n", context.RequestAborted);
                return;
            }
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            context.Response.Headers[HeaderNames.RetryAfter] = RetryAfterSeconds;
        }
    });
}
