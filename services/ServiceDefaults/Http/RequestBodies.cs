using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;

namespace NewsPlatform.ServiceDefaults;

/// <summary>Refuses bodies that say of themselves that they cannot be read here.</summary>
public static class RequestBodies
{
    const string Identity = "identity";
    const string Utf8 = "utf-8";

    public static void UseReadableBodies(this IApplicationBuilder app) =>
        app.Use(
            (context, next) =>
            {
                if (context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true })
                {
                    RequireCoding(context.Request);
                    RequireCharset(context.Request);
                }
                return next(context);
            }
        );

    /// <summary>
    /// Reads what an endpoint has no use for before the endpoint acts. A body that is broken in the middle is refused by whoever finds that
    /// first, the gateway or the service, and nothing may have been done by then.
    /// </summary>
    public static async Task ReadUnused(HttpContext context, RequestDelegate next)
    {
        // Whoever finds out by itself who asks reads it when it has.
        if (context.GetEndpoint()?.Metadata.GetMetadata<ProvedInside>() is null)
        {
            await ReadUnusedAsync(context);
        }
        await next(context);
    }

    /// <inheritdoc cref="ReadUnused"/>
    public static async Task ReadUnusedAsync(HttpContext context)
    {
        if (
            context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true }
            && context.GetEndpoint() is RouteEndpoint { Metadata: var metadata }
            && metadata.GetMetadata<IAcceptsMetadata>() is null
            && metadata.GetMetadata<TakesMediaTypes>() is null
        )
        {
            await context.Request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        }
    }

    /// <exception cref="ProblemException">415 that says what is taken (RFC 9110, sections 8.4 and 12.5.3).</exception>
    static void RequireCoding(HttpRequest request)
    {
        if (
            request.Headers.ContentEncoding.Count > 0
            && request
                .Headers.GetCommaSeparatedValues(HeaderNames.ContentEncoding)
                .Any(coding => !coding.Equals(Identity, StringComparison.OrdinalIgnoreCase))
        )
        {
            throw Unsupported(HeaderNames.ContentEncoding, "is not read: send the body as it is", (HeaderNames.AcceptEncoding, Identity));
        }
    }

    /// <summary>JSON that is exchanged is UTF-8 (RFC 8259, section 8.1), and its media types have no parameter to say otherwise.</summary>
    static void RequireCharset(HttpRequest request)
    {
        if (
            request.ContentType is not { Length: > 0 } text
            || !MediaTypeHeaderValue.TryParse(text, out var type)
            || !IsJson(type)
            || !type.Charset.HasValue
        )
        {
            return;
        }
        if (!HeaderUtilities.RemoveQuotes(type.Charset).Equals(Utf8, StringComparison.OrdinalIgnoreCase))
        {
            throw Unsupported(HeaderNames.ContentType, "has a charset other than utf-8, and JSON has no other");
        }
        if (type.Charset.Length != Utf8.Length)
        {
            // Quotes that mean nothing, and that ASP.NET Core takes for a part of the name.
            type.Charset = Utf8;
            request.ContentType = type.ToString();
        }
    }

    static bool IsJson(MediaTypeHeaderValue type) =>
        type.SubType.Equals("json", StringComparison.OrdinalIgnoreCase)
        || type.Suffix.Equals("json", StringComparison.OrdinalIgnoreCase)
        || type.SubType.EndsWith("ndjson", StringComparison.OrdinalIgnoreCase);

    static ProblemException Unsupported(string field, string rule, params (string Name, string Value)[] headers)
    {
        var problem = new ProblemException(415, "media-type-unsupported", $"{field}: {rule}")
        {
            Members = { ["errors"] = new Dictionary<string, string[]> { [field] = [rule] } },
        };
        foreach (var (name, value) in headers)
        {
            problem.Headers[name] = value;
        }
        return problem;
    }
}
