namespace NewsPlatform.Notifications.Deliveries;

public enum Outcome
{
    /// <summary>Received; it waits no more.</summary>
    Delivered,

    /// <summary>Not to be sent, such as what a digest has said; it waits no more.</summary>
    Skipped,

    /// <summary>Failed; this and what stands behind it wait, by the channel's schedule or as long as the receiver says.</summary>
    Failed,

    /// <summary>Nothing is wrong, and it is not to be sent yet; how long says <see cref="Attempt.Wait"/>.</summary>
    Postponed,

    /// <summary>The receiver is gone for good: the subscription ends.</summary>
    Gone,
}

/// <summary>What became of an attempt to deliver.</summary>
/// <param name="Notices">Those that it was about.</param>
public sealed record Attempt(IReadOnlyList<PendingDelivery> Notices, Outcome Outcome)
{
    /// <summary>Of HTTP, or of SMTP; null when there was no answer.</summary>
    public int? Status { get; init; }

    /// <summary>What went wrong, for the subscription's owner; never more than that one may know.</summary>
    public string? Fault { get; init; }

    public TimeSpan Took { get; init; }

    /// <summary>Until the next attempt; null for the schedule's.</summary>
    public TimeSpan? Wait { get; init; }
}
