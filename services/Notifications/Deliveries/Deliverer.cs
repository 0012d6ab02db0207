using System.Diagnostics.Metrics;
using NewsPlatform.Contracts;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.Notifications.Due;
using NewsPlatform.Notifications.Outbound;
using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Notifications.Deliveries;

/// <summary>
/// Gives every subscription of a channel its turn when something waits for it: one turn at a time for each, so that its order holds, and
/// many subscriptions at once. An instance that dies leaves its turns to the others when their lease ends.
/// </summary>
public sealed class Deliverer(
    IChannel channel,
    Outbox outbox,
    NoticeReader notices,
    SubscriptionStore subscriptions,
    DryRuns dryRuns,
    DueWork due,
    DeliveryOptions options,
    TimeProvider clock,
    ILogger<Deliverer> log
) : BackgroundService
{
    const int ClaimAtOnce = 64;

    static readonly TimeSpan look = TimeSpan.FromSeconds(1);

    static readonly Counter<long> deliveries = Telemetry.Meter.CreateCounter<long>(
        "news.deliveries",
        "{notice}",
        "What became of attempts to deliver, by channel and outcome"
    );
    static readonly Counter<long> disabled = Telemetry.Meter.CreateCounter<long>(
        "news.subscriptions.disabled",
        "{subscription}",
        "Subscriptions that ended since their receiver failed for too long or is gone, by channel"
    );
    static readonly Histogram<double> delay = Telemetry.DelayHistogram(
        "news.delivery.delay",
        "From an article's becoming public to its being delivered to a subscription"
    );

    readonly KeyValuePair<string, object?> ofChannel = DeliveryMetrics.OfChannel(channel.Kind);
    readonly TimeSpan longestTurn = TimeSpan.FromSeconds(options.TurnSeconds);
    readonly ConcurrencyLimiter limiter = new(options.Concurrency);
    readonly Lanes lanes = new(options.PerDomain);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await due.DoAsync(channel.Kind, Outbox.Due(channel.Kind), LookAsync, log, stoppingToken);
        // Turns under way give their lease back.
        await limiter.CloseAsync();
    }

    Task LookAsync(CancellationToken ct) =>
        limiter.FillAsync(
            ClaimAtOnce,
            room => outbox.ClaimAsync(channel.Kind, room, lanes, ct),
            lease => RunAsync(lease, ct),
            lanes,
            look,
            ct
        );

    /// <summary>Goes on while more comes, but not for ever: others wait for a turn too.</summary>
    async Task RunAsync(DeliveryLease lease, CancellationToken ct)
    {
        var (began, domain) = (clock.GetTimestamp(), lease.Domain);
        while (await TakeAsync(lease, () => !ct.IsCancellationRequested && clock.GetElapsedTime(began) < longestTurn, ct) is { } next)
        {
            lease = next;
        }
        lanes.Leave(domain);
    }

    /// <returns>The turn, if it goes on.</returns>
    async Task<DeliveryLease?> TakeAsync(DeliveryLease lease, Func<bool> mayGoOn, CancellationToken ct)
    {
        var (wait, seen) = (TimeSpan.Zero, default(long?));
        try
        {
            if (await subscriptions.FindAsync(lease.Subscription, ct) is { State: SubscriptionState.Active } subscription)
            {
                var waiting = await notices.WaitingAsync(lease.Subscription);
                if (waiting.Count > 0)
                {
                    seen = waiting[^1].Number;
                    (lease, wait) = await DeliverAsync(lease, subscription, waiting, ct);
                }
            }
            else
            {
                await outbox.GiveUpAllAsync(lease.Subscription, ct);
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // What was not recorded is delivered by whoever has the next turn.
        }
        catch (Exception fault)
        {
            log.LogWarning(
                "A turn of {Subscription} on {Channel} broke off; it is taken again: {Fault}",
                lease.Subscription,
                channel.Kind,
                fault.Message
            );
            (wait, seen) = (channel.RetrySchedule[0], null);
        }
        try
        {
            return await outbox.ReleaseAsync(lease, wait, seen, mayGoOn()) ? lease : null;
        }
        catch (Exception fault) when (fault is NpgsqlException or TimeoutException or InvalidOperationException)
        {
            log.LogWarning(
                "The turn of {Subscription} on {Channel} ends with its lease: {Fault}",
                lease.Subscription,
                channel.Kind,
                fault.Message
            );
            return null;
        }
    }

    async Task<(DeliveryLease, TimeSpan Wait)> DeliverAsync(
        DeliveryLease lease,
        Subscription subscription,
        IReadOnlyList<PendingDelivery> waiting,
        CancellationToken ct
    )
    {
        await foreach (var attempt in channel.DeliverAsync(subscription, waiting, ct))
        {
            var mine = await outbox.RecordAsync(lease, attempt, channel.KeepsAttempts);
            deliveries.Add(
                attempt.Notices.Count,
                ofChannel,
                new KeyValuePair<string, object?>("outcome", attempt.Outcome.ToString().ToLowerInvariant())
            );
            switch (attempt.Outcome)
            {
                case Outcome.Delivered:
                    lease = lease with { Failures = 0, FailingSince = null };
                    await MeasureAsync([.. attempt.Notices.Select(n => n.Bulletin?.Article).OfType<LineItem>()], ct);
                    break;
                case Outcome.Postponed:
                    return (lease, attempt.Wait ?? TimeSpan.Zero);
                case Outcome.Gone:
                    await EndAsync(subscription, attempt.Fault ?? "the receiver is gone", ct);
                    return (lease, TimeSpan.Zero);
                case Outcome.Failed:
                    return await FailAsync(lease, subscription, attempt, ct);
            }
            if (!mine)
            {
                break;
            }
        }
        return (lease, TimeSpan.Zero);
    }

    async Task MeasureAsync(IReadOnlyList<LineItem> delivered, CancellationToken ct)
    {
        foreach (var article in delivered)
        {
            if (article.Id == DryRunArticle.Id)
            {
                await dryRuns.ArriveAsync(channel.Kind, article, ct);
            }
            else
            {
                delay.Record((clock.GetUtcNow() - article.UpdatedAt).TotalSeconds, ofChannel);
            }
        }
    }

    async Task<(DeliveryLease, TimeSpan Wait)> FailAsync(
        DeliveryLease lease,
        Subscription subscription,
        Attempt attempt,
        CancellationToken ct
    )
    {
        lease = lease with { Failures = lease.Failures + 1, FailingSince = lease.FailingSince ?? clock.GetUtcNow() };
        if (channel.DisableAfter is { } patience && clock.GetUtcNow() - lease.FailingSince >= patience)
        {
            await EndAsync(
                subscription,
                $"no delivery succeeded since {lease.FailingSince:yyyy-MM-dd'T'HH:mm:ss'Z'}; the last one: {attempt.Fault}",
                ct
            );
            return (lease, TimeSpan.Zero);
        }
        if (lease.Failures > channel.RetrySchedule.Count)
        {
            log.LogWarning(
                "{Notices} notices were given up for {Subscription} on {Channel} after {Failures} attempts: {Fault}",
                attempt.Notices.Count,
                subscription.Id,
                channel.Kind,
                lease.Failures,
                attempt.Fault
            );
            deliveries.Add(attempt.Notices.Count, ofChannel, new KeyValuePair<string, object?>("outcome", "given up"));
            await outbox.GiveUpAsync(subscription.Id, attempt.Notices, ct);
            return (lease with { Failures = 0 }, TimeSpan.Zero);
        }
        var scheduled = channel.RetrySchedule[lease.Failures - 1];
        return (lease, attempt.Wait > scheduled ? attempt.Wait.Value : Jittered(scheduled));
    }

    async Task EndAsync(Subscription subscription, string because, CancellationToken ct)
    {
        if (
            await subscriptions.ChangeAsync(
                subscription.Id,
                now =>
                    now.State == SubscriptionState.Active
                        ? now with
                        {
                            State = SubscriptionState.Disabled,
                            DisabledBecause = because,
                        }
                        : now,
                ct
            )
            is not { State: SubscriptionState.Disabled } ended
        )
        {
            return;
        }
        log.LogWarning("{Subscription} on {Channel} is disabled: {Because}", subscription.Id, channel.Kind, because);
        disabled.Add(1, ofChannel);
        await channel.EndedAsync(ended, because, ct);
    }

    /// <summary>Up to a tenth longer, so that endpoints that failed together are not all tried again at once.</summary>
    static TimeSpan Jittered(TimeSpan wait) => wait * (1 + Random.Shared.NextDouble() / 10);
}
