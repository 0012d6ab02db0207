using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Net.Http.Headers;

namespace NewsPlatform.ServiceDefaults;

/// <summary>
/// What can be read by GET can be asked for by HEAD (RFC 9110, section 9.3.2): it is found by GET, handled as HEAD, and Kestrel sends no
/// body.
/// </summary>
public static class Head
{
    const string EventStream = "text/event-stream";

    /// <summary>Routing, which every endpoint and what comes before it stand behind.</summary>
    public static void UseRoutingWithHead(this WebApplication app)
    {
        app.Use(
            (context, next) =>
            {
                if (HttpMethods.IsHead(context.Request.Method))
                {
                    context.Request.Method = HttpMethods.Get;
                    context.Items[typeof(Head)] = context;
                }
                return next(context);
            }
        );
        app.UseRouting();
        app.Use(
            (context, next) =>
            {
                if (!context.Items.Remove(typeof(Head)))
                {
                    return next(context);
                }
                context.Request.Method = HttpMethods.Head;
                if (!IsEndless(context.GetEndpoint()))
                {
                    return next(context);
                }
                context.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
                context.Response.Headers[HeaderNames.Allow] = HttpMethods.Get;
                return Task.CompletedTask;
            }
        );
    }

    /// <summary>Headers of a stream say nothing, and its handler would go on for as long as somebody stays connected.</summary>
    static bool IsEndless(Endpoint? endpoint) =>
        endpoint?.Metadata.GetOrderedMetadata<IProducesResponseTypeMetadata>().Any(answer => answer.ContentTypes.Contains(EventStream))
            is true;
}
