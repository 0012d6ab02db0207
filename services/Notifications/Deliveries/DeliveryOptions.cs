using System.ComponentModel.DataAnnotations;

namespace NewsPlatform.Notifications.Deliveries;

public sealed class DeliveryOptions
{
    /// <summary>
    /// Subscriptions that one instance delivers to at once, of each channel: a slow one takes no other's turn until so many are slow.
    /// </summary>
    [Range(1, 10_000)]
    public int Concurrency { get; set; } = 1_000;

    /// <summary>
    /// Of those, subscriptions whose receivers are on hosts of one domain, of webhooks and WebSub each: slow ones take no more of what all
    /// share.
    /// </summary>
    [Range(1, 10_000)]
    public int PerDomain { get; set; } = 50;

    /// <summary>Notices of one subscription that are read at once.</summary>
    [Range(1, 1_000)]
    public int BatchSize { get; set; } = 100;

    /// <summary>Notices that wait for one subscription at most; the oldest are given up first.</summary>
    [Range(100, 1_000_000)]
    public int MaxWaiting { get; set; } = 10_000;

    /// <summary>
    /// Seconds that one attempt may take before another instance takes the subscription over; counted anew with each attempt.
    /// </summary>
    [Range(10, 600)]
    public int LeaseSeconds { get; set; } = 30;

    /// <summary>Seconds after which a subscription for which more and more comes lets others have a turn before it goes on.</summary>
    [Range(1, 600)]
    public int TurnSeconds { get; set; } = 10;

    /// <summary>Bulletins that are spread to subscriptions in one transaction.</summary>
    [Range(1, 1_000)]
    public int FanOutPage { get; set; } = 100;

    /// <summary>Attempts that are kept of one subscription; the oldest go first.</summary>
    [Range(100, 1_000_000)]
    public int MaxAttempts { get; set; } = 10_000;

    /// <summary>Days that attempts are kept for.</summary>
    [Range(1, 90)]
    public int AttemptDays { get; set; } = 7;
}
