using System.ComponentModel.DataAnnotations;
using NewsPlatform.Notifications.Jobs;

namespace NewsPlatform.Notifications.Webhooks;

public sealed class WebhookOptions
{
    /// <summary>
    /// Waits after the first, second… failure in a row of one delivery; after the last one it is given up. A tenth at most is added by
    /// chance.
    /// </summary>
    [RetrySchedule]
    public string RetrySchedule { get; set; } = "5s,5m,30m,2h,5h,10h,14h,20h,24h";

    /// <summary>Hours without a success after which an endpoint that is tried is disabled.</summary>
    [Range(1, 720)]
    public int DisableAfterHours { get; set; } = 120;

    /// <summary>The longest that a receiver's Retry-After is taken for, in seconds.</summary>
    [Range(1, 604_800)]
    public int MaxRetryAfterSeconds { get; set; } = 86_400;

    /// <summary>Hours that an endpoint has to confirm that it wants to be told.</summary>
    [Range(1, 720)]
    public int VerifyHours { get; set; } = 24;

    /// <summary>Waits between the questions whether it does; the last one is repeated until the hours are over.</summary>
    [RetrySchedule]
    public string VerifySchedule { get; set; } = "10s,1m,10m,1h,4h";

    /// <summary>Endpoints that one instance asks for confirmation at once; of one domain <c>Outbound__VerificationsPerDomain</c>.</summary>
    [Range(1, 1_000)]
    public int VerifyConcurrency { get; set; } = 256;

    /// <summary>
    /// Verifications, tests, replays and enablings that the owner may ask for, of each subscription and instance, in a minute; see also
    /// <c>Outbound__Calls…</c>.
    /// </summary>
    [Range(1, 10_000)]
    public int CallsPerMinute { get; set; } = 10;

    /// <summary>Deliveries to one endpoint in a second, where its subscription does not say so.</summary>
    [Range(0.1, 10_000)]
    public double RatePerSecond { get; set; } = 50;

    /// <summary>The most that a subscription may ask for.</summary>
    [Range(1, 10_000)]
    public double MaxRatePerSecond { get; set; } = 200;

    /// <summary>Subscriptions of one owner.</summary>
    [Range(1, 100_000)]
    public int MaxPerOwner { get; set; } = 100;

    /// <summary>Characters of an endpoint's address.</summary>
    [Range(100, 8_000)]
    public int MaxUrlLength { get; set; } = 2_000;

    /// <summary>Characters of the owner's own words about a subscription.</summary>
    [Range(10, 8_000)]
    public int MaxDescriptionLength { get; set; } = 200;

    /// <summary>Secrets that sign at the same time during rotation; a further one ends the oldest.</summary>
    [Range(1, 10)]
    public int MaxSecrets { get; set; } = 3;

    /// <summary>Seconds that a secret that was rotated signs on, where the request does not say so.</summary>
    [Range(0, 2_592_000)]
    public int OverlapSeconds { get; set; } = 86_400;

    /// <summary>The most that a request may ask for.</summary>
    [Range(0, 2_592_000)]
    public int MaxOverlapSeconds { get; set; } = 2_592_000;

    /// <summary>Bulletins that one request may have told again.</summary>
    [Range(1, 1_000_000)]
    public int MaxReplay { get; set; } = 5_000;
}
