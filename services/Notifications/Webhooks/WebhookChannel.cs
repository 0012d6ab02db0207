using System.Runtime.CompilerServices;
using NewsPlatform.Notifications.Deliveries;
using NewsPlatform.Notifications.Jobs;
using NewsPlatform.Notifications.Subscriptions;

namespace NewsPlatform.Notifications.Webhooks;

/// <summary>One message a notice, in order and no faster than the endpoint likes it.</summary>
public sealed class WebhookChannel(
    WebhookSender sender,
    Owners owners,
    AttemptLog attempts,
    SubscriptionStore subscriptions,
    WebhookOptions options,
    TimeProvider clock,
    ILogger<WebhookChannel> log
) : IChannel
{
    public string Kind => WebhookTarget.Kind;
    public bool KeepsAttempts => true;
    public IReadOnlyList<TimeSpan> RetrySchedule { get; } = Durations.Parse(options.RetrySchedule);

    /// <summary>After which it is looked again whose a subscription is.</summary>
    static readonly TimeSpan unknown = TimeSpan.FromSeconds(2);

    public TimeSpan? DisableAfter { get; } = TimeSpan.FromHours(options.DisableAfterHours);

    public async IAsyncEnumerable<Attempt> DeliverAsync(
        Subscription subscription,
        IReadOnlyList<PendingDelivery> waiting,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        var target = (WebhookTarget)subscription.Target;
        var interval = TimeSpan.FromSeconds(1 / (target.RatePerSecond ?? options.RatePerSecond));
        foreach (var delivery in waiting)
        {
            // Asked before each, since a key that is revoked or leaves the trade must end what is told from that moment.
            var may = await owners.MayAsync(subscription, ct);
            if (!may.Subscribe)
            {
                yield return may.Ended is { } because
                    ? new([delivery], Outcome.Gone) { Fault = because }
                    : new([delivery], Outcome.Postponed) { Wait = unknown };
                yield break;
            }
            if (delivery.Trade is not null && !may.Trade)
            {
                yield return new([delivery], Outcome.Skipped);
                continue;
            }
            var began = clock.GetTimestamp();
            var (attempt, _) = await sender.SendAsync(target, delivery.Id, WebhookMessage.Of(delivery), [delivery], ct);
            yield return attempt;
            // Waited out within the turn, so that whoever has the next one, here or elsewhere, keeps the rate without knowing of this one.
            if (interval - clock.GetElapsedTime(began) is { Ticks: > 0 } rest)
            {
                await Task.Delay(rest, clock, ct);
            }
        }
    }

    /// <summary>
    /// The owner's other endpoints are told, once and as well as it goes; the subscription itself says it whenever it is asked.
    /// </summary>
    public async Task EndedAsync(Subscription subscription, string because, CancellationToken ct)
    {
        const int most = 10;
        if (subscription.OwnerId is null || !(await owners.MayAsync(subscription, ct)).Subscribe)
        {
            return;
        }
        foreach (
            var other in (await subscriptions.ActiveAsync(subscription.OwnerId, WebhookTarget.Kind, ct))
                .Where(other => other.Id != subscription.Id)
                .Take(most)
        )
        {
            var id = $"ended_{subscription.Id:N}_{clock.GetUtcNow().ToUnixTimeMilliseconds()}";
            var body = WebhookMessage.Bytes(WebhookMessage.Disabled, clock.GetUtcNow(), new { id = subscription.Id, because });
            var (attempt, _) = await sender.SendAsync((WebhookTarget)other.Target, id, body, [], ct);
            await attempts.NoteAsync(other.Id, AttemptLog.Ended, id, attempt, ct);
            if (attempt.Outcome != Outcome.Delivered)
            {
                log.LogWarning(
                    "{Other} could not be told that {Subscription} is disabled: {Fault}",
                    other.Id,
                    subscription.Id,
                    attempt.Fault
                );
            }
        }
    }
}
