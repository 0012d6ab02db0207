using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using NewsPlatform.Contracts;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Gateway.Edge;

/// <summary>An answer of Feed's that the gateway keeps, with what it depends on.</summary>
/// <param name="CacheControl">What caches further out may do with it.</param>
public sealed record KeptAnswer(FinishedResponse Response, EdgeEntry Entry, string CacheControl)
{
    /// <summary>
    /// What the gateway adds to every answer, whoever asks, and what Feed says to caches further out: what else stands in one may be meant
    /// for its own reader.
    /// </summary>
    static readonly string[] own =
    [
        "Cache-Tag",
        "CDN-Cache-Control",
        "Surrogate-Control",
        "Surrogate-Key",
        HeaderNames.AccessControlAllowOrigin,
        HeaderNames.AccessControlExposeHeaders,
        HeaderNames.ContentSecurityPolicy,
        "Cross-Origin-Opener-Policy",
        "Cross-Origin-Resource-Policy",
        "Permissions-Policy",
        "Referrer-Policy",
        HeaderNames.XContentTypeOptions,
        HeaderNames.XFrameOptions,
    ];

    KeyValuePair<string, StringValues>[]? added;

    /// <summary>What the object, its entry and the fields take beside the bytes, generously.</summary>
    public long Size => Response.MaxSize + 4096 + 4 * sizeof(char) * Entry.Address.Length;

    /// <summary>Notes what the gateway has added to the answer as it went out.</summary>
    public void Learn(IHeaderDictionary sent) =>
        added ??= [.. own.Where(sent.ContainsKey).Select(name => KeyValuePair.Create(name, sent[name]))];

    /// <summary>Whether it can be given without the rest of the gateway's way.</summary>
    public bool IsComplete => added is not null;

    /// <summary>Answers at once; nothing else has looked at the request.</summary>
    public Task SendCompleteAsync(HttpContext context, DateTimeOffset now)
    {
        var headers = context.Response.Headers;
        foreach (var (name, value) in added!)
        {
            headers[name] = value;
        }
        return Response.SendAsync(context, CacheControl, now);
    }
}
