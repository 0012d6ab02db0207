using System.Net.Http.Json;
using NewsPlatform.Feed.Ready;

namespace NewsPlatform.Feed.Purge;

/// <summary>The request that makes a cache forget what has these keys.</summary>
public static class PurgeRequest
{
    /// <summary>Cloudflare takes no more of them in one request; there are as many as the portal has languages, and one.</summary>
    public const int MaxKeys = 30;

    public static HttpRequestMessage Of(PurgeOptions options, IReadOnlyCollection<string> keys)
    {
        switch (options.Form)
        {
            case PurgeForm.Fastly:
                return new(HttpMethod.Post, options.Url)
                {
                    Headers = { { "Fastly-Key", options.Token }, { "Accept", "application/json" } },
                    Content = JsonContent.Create(new { surrogate_keys = keys }),
                };
            case PurgeForm.Cloudflare:
                return new(HttpMethod.Post, options.Url)
                {
                    Headers = { Authorization = new("Bearer", options.Token) },
                    Content = JsonContent.Create(new { tags = keys }),
                };
            default:
                return new(new("PURGE"), options.Url) { Headers = { { "xkey-purge", string.Join(' ', keys) } } };
        }
    }
}
