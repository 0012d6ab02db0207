using System.ComponentModel.DataAnnotations;
using NewsPlatform.Notifications.Jobs;

namespace NewsPlatform.Notifications.WebPush;

/// <summary>Pushes to browsers (RFC 8030).</summary>
public sealed class WebPushOptions : IValidatableObject
{
    /// <summary>
    /// Whom a push service asks when something is wrong (RFC 8292, section 2.1): a <c>mailto:</c> or <c>https:</c> address. Empty for the
    /// portal's own address, or
    /// <c>mailto:webmaster@</c> its host where that is no https address.
    /// </summary>
    public string Subject { get; set; } = "";

    /// <summary>
    /// Hosts of the push services that are pushed to, with commas between; <c>*.</c> in front is every host below, and <c>*</c> alone any
    /// host. Whoever subscribes names the address, and what is not in the list would be an invitation to have somebody else's server
    /// flooded. Networks in <c>Outbound__Allow</c> need not be named.
    /// </summary>
    public string Services { get; set; } = "fcm.googleapis.com,*.push.services.mozilla.com,*.push.apple.com,*.notify.windows.com";

    /// <summary>
    /// Hours that a signed token is good for (RFC 8292, section 2: 24 at most); it is made anew when half of them are over.
    /// </summary>
    [Range(1, 24)]
    public int TokenHours { get; set; } = 12;

    /// <summary>
    /// Bytes of one message before it is encrypted; texts are shortened to fit. Push services take 3993 (RFC 8291, section 4).
    /// </summary>
    [Range(1_000, MessageEncryption.MaxBytes)]
    public int MaxPayloadBytes { get; set; } = 3_000;

    /// <summary>
    /// Messages are filled up to a multiple of so many bytes, so that their length tells little of what they say; 1 for as they are.
    /// </summary>
    [Range(1, 1_024)]
    public int PaddingBytes { get; set; } = 256;

    /// <summary>
    /// Minutes after which an ordinary notice is old: it is not pushed any more, and a push service does not keep it longer for a browser
    /// that is away.
    /// </summary>
    [Range(1, 40_320)]
    public int TtlMinutes { get; set; } = 720;

    /// <summary>The same of breaking news, in minutes.</summary>
    [Range(1, 40_320)]
    public int BreakingTtlMinutes { get; set; } = 240;

    /// <summary>The same of a withdrawal, in minutes: what was shown may stand on a screen for days.</summary>
    [Range(1, 40_320)]
    public int WithdrawnTtlMinutes { get; set; } = 10_080;

    /// <summary>
    /// Waits after the first, second… failed push in a row, such as <c>30s,2m,10m</c>; after the last one the notice is given up, since
    /// news gets old.
    /// </summary>
    [RetrySchedule]
    public string RetrySchedule { get; set; } = "15s,1m,5m,15m,30m,1h,2h";

    /// <summary>The longest that a push service's Retry-After is taken for, in seconds.</summary>
    [Range(1, 604_800)]
    public int MaxRetryAfterSeconds { get; set; } = 7_200;

    /// <summary>Hours without a push that succeeded, with failures in them, after which a subscription is taken for dead.</summary>
    [Range(1, 8_760)]
    public int DeadAfterHours { get; set; } = 168;

    /// <summary>Stories that wait for the end of quiet hours at most; of more, the digest says that there were more.</summary>
    [Range(2, 500)]
    public int DigestMaxStories { get; set; } = 50;

    /// <summary>Headlines that a digest names.</summary>
    [Range(1, 10)]
    public int DigestHeadlines { get; set; } = 4;

    /// <summary>Subscriptions that there may be in all.</summary>
    [Range(1, 100_000_000)]
    public int MaxSubscriptions { get; set; } = 1_000_000;

    /// <summary>
    /// Subscriptions that one client's address may make or change in a minute, at each instance; of IPv6 all addresses of a /64 are one
    /// client.
    /// </summary>
    [Range(1, 100_000)]
    public int MaxPerClientPerMinute { get; set; } = 20;

    /// <summary>Characters of an endpoint's address.</summary>
    [Range(100, 8_192)]
    public int MaxEndpointLength { get; set; } = 2_048;

    /// <summary>Seconds for which browsers and caches may keep the public key.</summary>
    [Range(0, 31_536_000)]
    public int KeyCacheSeconds { get; set; } = 3_600;

    /// <summary>Whether a host is among <see cref="Services"/>.</summary>
    public bool Serves(string host) =>
        Parts(Services)
            .Any(service =>
                service == "*"
                || host.Equals(service, StringComparison.OrdinalIgnoreCase)
                || service.StartsWith("*.", StringComparison.Ordinal) && host.EndsWith(service[1..], StringComparison.OrdinalIgnoreCase)
            );

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Subject.Length > 0 && !(Uri.TryCreate(Subject, UriKind.Absolute, out var subject) && subject.Scheme is "mailto" or "https"))
        {
            yield return new($"'{Subject}' is neither a mailto: nor an https: address", [nameof(Subject)]);
        }
        if (Parts(Services).Length == 0)
        {
            yield return new("a push service is needed, or * for any", [nameof(Services)]);
        }
    }

    static string[] Parts(string list) => list.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
}
