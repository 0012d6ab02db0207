using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace NewsPlatform.ServiceDefaults;

/// <summary>Tells the requests of people who read from others, as far as those say so.</summary>
public static class ReaderRequest
{
    static readonly string[] robots = ["bot", "crawl", "spider"];

    /// <summary>Not of robots that say what they are, nor what a browser fetches in case somebody reads it, and only by GET.</summary>
    public static bool IsRead(HttpRequest request) =>
        HttpMethods.IsGet(request.Method)
        && !Says(request.Headers["Sec-Purpose"], "prefetch")
        && !Says(request.Headers["Purpose"], "prefetch")
        && !Array.Exists(robots, word => Says(request.Headers.UserAgent, word));

    /// <summary>
    /// Path and query, as the request's first line has them, of a read that an answer may be ready for: without a key and without a body.
    /// </summary>
    public static string? PlainTarget(HttpContext context)
    {
        var request = context.Request;
        return
            (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
            && request.Headers.Authorization.Count == 0
            && request.Headers.TransferEncoding.Count == 0
            && request.ContentLength is null or 0
            && context.Features.Get<IHttpRequestFeature>()?.RawTarget is ['/', ..] target
            ? target
            : null;
    }

    static bool Says(StringValues header, string word) =>
        header.Count > 0 && header.ToString().Contains(word, StringComparison.OrdinalIgnoreCase);
}
