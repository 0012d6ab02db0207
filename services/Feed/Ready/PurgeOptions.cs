using System.ComponentModel.DataAnnotations;

namespace NewsPlatform.Feed.Ready;

/// <summary>What kind of cache stands before the portal, and so how it is told to forget.</summary>
public enum PurgeForm
{
    /// <summary><c>PURGE</c> with the keys in <c>xkey-purge</c>, for a VCL that hands them to <c>xkey.purge</c>.</summary>
    Varnish,

    /// <summary><c>POST</c> of <c>surrogate_keys</c> to <c>https://api.fastly.com/service/ID/purge</c>.</summary>
    Fastly,

    /// <summary><c>POST</c> of <c>tags</c> to <c>https://api.cloudflare.com/client/v4/zones/ID/purge_cache</c>.</summary>
    Cloudflare,
}

/// <summary>
/// Configuration under <c>Purge</c>: a cache before the portal (a CDN, Varnish) that keeps answers until it is told that they have changed.
/// </summary>
public sealed class PurgeOptions : IValidatableObject
{
    /// <summary>Where the cache is told; without it there is none, and answers carry no keys.</summary>
    public Uri? Url { get; set; }

    /// <summary>How it is told.</summary>
    public PurgeForm Form { get; set; } = PurgeForm.Varnish;

    /// <summary>The secret of Fastly's or Cloudflare's interface.</summary>
    public string? Token { get; set; }

    /// <summary>Seconds for which the cache may keep an answer that it is not told of.</summary>
    [Range(1, 31_536_000)]
    public int MaxAgeSeconds { get; set; } = 3_600;

    /// <summary>Seconds after which the cache is told again when it does not answer.</summary>
    [Range(1, 60)]
    public int TimeoutSeconds { get; set; } = 5;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Url is not null && Url is not { IsAbsoluteUri: true, Scheme: "http" or "https" })
        {
            yield return new("is an address such as https://api.fastly.com/service/ID/purge", [nameof(Url)]);
        }
        if (Url is not null && Form != PurgeForm.Varnish && string.IsNullOrWhiteSpace(Token))
        {
            yield return new($"is needed for {Form}", [nameof(Token)]);
        }
    }
}
