using NewsPlatform.Notifications.Subscriptions;

namespace NewsPlatform.Notifications.Deliveries;

/// <summary>A way in which subscriptions are told: each is a folder, and knows nothing of queues, retries and replicas.</summary>
public interface IChannel
{
    /// <summary>The <see cref="Subscription.Kind"/> that it serves.</summary>
    string Kind { get; }

    /// <summary>Whether every attempt is kept for the owner to look at; failures are counted either way.</summary>
    bool KeepsAttempts { get; }

    /// <summary>Waits after the first, second… failure in a row; after the last one the notice is given up.</summary>
    IReadOnlyList<TimeSpan> RetrySchedule { get; }

    /// <summary>How long a subscription may fail without a success in between before it is disabled; null for ever.</summary>
    TimeSpan? DisableAfter { get; }

    /// <summary>
    /// Delivers what waits for one subscription, in its order. Each attempt is stored before the next one is asked for; after one that
    /// failed, was postponed or found the receiver gone, no further one is. What no attempt named waits on, and is offered again at once.
    /// </summary>
    /// <remarks>
    /// No other replica delivers to the same subscription meanwhile. An attempt must end by itself within
    /// <see cref="DeliveryOptions.LeaseSeconds"/>.
    /// </remarks>
    IAsyncEnumerable<Attempt> DeliverAsync(Subscription subscription, IReadOnlyList<PendingDelivery> waiting, CancellationToken ct);

    /// <summary>The subscription was disabled by its failures, or its receiver is gone; whoever it belongs to may be told.</summary>
    Task EndedAsync(Subscription subscription, string because, CancellationToken ct);
}
