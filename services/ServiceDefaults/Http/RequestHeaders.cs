using System.Buffers;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace NewsPlatform.ServiceDefaults;

/// <summary>
/// Refuses header fields with control characters, which no client means and which programs further on may take for the end of the field
/// (RFC 9110, section 5.5). Other bytes are passed on as they came: Kestrel reads, and writes, each byte as one character.
/// </summary>
public static class RequestHeaders
{
    static readonly SearchValues<char> control = SearchValues.Create([
        .. Enumerable.Range(0, 32).Append(127).Select(c => (char)c).Where(c => c != '\t'),
    ]);

    public static void UseReadableHeaders(this IApplicationBuilder app) =>
        app.Use(
            (context, next) =>
            {
                foreach (var (name, values) in context.Request.Headers)
                {
                    foreach (var value in values)
                    {
                        if (value.AsSpan().ContainsAny(control))
                        {
                            throw ProblemException.BadRequest(name, "has control characters");
                        }
                    }
                }
                RequireHost(context.Request);
                return next(context);
            }
        );

    /// <summary>
    /// A host that is empty, or no name of the Internet's, is refused where it comes in: what is called next would do that without a word.
    /// </summary>
    /// <exception cref="ProblemException">400 (RFC 9112, section 3.2).</exception>
    static void RequireHost(HttpRequest request)
    {
        // HTTP/1.0 need not say one, as proxies that only ask whether somebody is there.
        if (request.Headers.Host.Count == 0)
        {
            return;
        }
        string host;
        try
        {
            host = request.Host.Host;
        }
        catch (ArgumentException)
        {
            throw ProblemException.BadRequest("Host", "is no name of a host");
        }
        if (host.Length == 0)
        {
            throw ProblemException.BadRequest("Host", "names no host");
        }
    }
}
