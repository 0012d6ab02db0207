using System.ComponentModel.DataAnnotations;
using NewsPlatform.Notifications.Jobs;

namespace NewsPlatform.Notifications.WebSub;

public sealed class WebSubOptions : IValidatableObject
{
    /// <summary>
    /// Where the hub gets the feeds from inside the stack, such as <c>http://feed:8080</c>; the portal's own address if empty.
    /// </summary>
    public string FetchUrl { get; set; } = "";

    /// <summary>Seconds that the hub waits for a feed.</summary>
    [Range(1, 8)]
    public int FetchSeconds { get; set; } = 5;

    /// <summary>Milliseconds that the hub waits, at a time, for a feed to show a bulletin.</summary>
    [Range(0, 8_000)]
    public int SettleMilliseconds { get; set; } = 1_000;

    /// <summary>
    /// Seconds after which a bulletin that a feed does not show is taken for one that it never will, such as a correction of an old story.
    /// The readers' service may be as late as this and its news is still distributed.
    /// </summary>
    [Range(1, 3_600)]
    public int LagSeconds { get; set; } = 60;

    /// <summary>Bytes of a feed; a longer one is not distributed.</summary>
    [Range(1_024, 1 << 26)]
    public int MaxContentBytes { get; set; } = 4 << 20;

    /// <summary>Feeds whose content is kept in memory at once.</summary>
    [Range(1, 100_000)]
    public int MaxCopies { get; set; } = 200;

    /// <summary>Megabytes of their content together; a feed that finds no room is got anew when it is distributed.</summary>
    [Range(1, 65_536)]
    public int MaxCopiesMegabytes { get; set; } = 64;

    /// <summary>Seconds that a subscription lasts whose subscriber asks for no other time.</summary>
    [Range(1, 31_536_000)]
    public int DefaultLeaseSeconds { get; set; } = 864_000;

    /// <summary>Seconds that one lasts at least, even if fewer are asked for.</summary>
    [Range(1, 31_536_000)]
    public int MinLeaseSeconds { get; set; } = 300;

    /// <summary>Seconds that one lasts at most, even if more are asked for.</summary>
    [Range(1, 31_536_000)]
    public int MaxLeaseSeconds { get; set; } = 2_592_000;

    /// <summary>Subscriptions whose callbacks are on hosts of one domain.</summary>
    [Range(1, 1_000_000)]
    public int MaxPerHost { get; set; } = 1_000;

    /// <summary>Subscriptions altogether.</summary>
    [Range(1, 100_000_000)]
    public int MaxTotal { get; set; } = 100_000;

    /// <summary>Requests whose callbacks are still to be asked whether they mean it; while there are so many, no more are taken.</summary>
    [Range(1, 1_000_000)]
    public int MaxPending { get; set; } = 10_000;

    /// <summary>Callbacks that one instance asks at once; of one domain <c>Outbound__VerificationsPerDomain</c>.</summary>
    [Range(1, 1_000)]
    public int VerifyConcurrency { get; set; } = 256;

    /// <summary>Bytes of a request to the hub.</summary>
    [Range(1_024, 65_536)]
    public int MaxRequestBytes { get; set; } = 16_384;

    /// <summary>Characters of a topic and of a callback.</summary>
    [Range(100, 8_192)]
    public int MaxAddressLength { get; set; } = 2_048;

    /// <summary>
    /// Waits after the first, second… time in a row that a callback did not take the content; after the last one it is given up.
    /// </summary>
    [RetrySchedule]
    public string RetrySchedule { get; set; } = "10s,1m,5m,30m,2h,6h,12h";

    /// <summary>Waits between attempts to ask a subscriber whether it means it; after the last one the request is forgotten.</summary>
    [RetrySchedule]
    public string VerifySchedule { get; set; } = "5s,30s,2m,10m";

    /// <summary>Days that a callback may fail, without a success in between, before its subscription ends.</summary>
    [Range(1, 90)]
    public int DisableDays { get; set; } = 5;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (FetchUrl.Length > 0 && !(Uri.TryCreate(FetchUrl, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"))
        {
            yield return new($"'{FetchUrl}' is no address such as http://feed:8080", [nameof(FetchUrl)]);
        }
        if (MinLeaseSeconds > DefaultLeaseSeconds || DefaultLeaseSeconds > MaxLeaseSeconds)
        {
            yield return new(
                "the least time of a lease must not be above the default, nor that above the most",
                [nameof(DefaultLeaseSeconds)]
            );
        }
    }
}
