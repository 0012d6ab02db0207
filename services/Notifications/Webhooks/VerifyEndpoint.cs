using NewsPlatform.Notifications.Deliveries;
using NewsPlatform.Notifications.Jobs;
using NewsPlatform.Notifications.Outbound;
using NewsPlatform.Notifications.Subscriptions;

namespace NewsPlatform.Notifications.Webhooks;

/// <summary>Asks the endpoint of a webhook that is pending, again and again until it answers or its time is over.</summary>
public sealed class VerifyEndpoint(
    EndpointVerification verification,
    SubscriptionStore subscriptions,
    Owners owners,
    CallBudget budget,
    WebhookOptions options,
    OutboundOptions outbound,
    TimeProvider clock,
    ILogger<VerifyEndpoint> log
) : IJob
{
    public const string Name = "webhookVerification";

    /// <summary>After which it is looked again whether the owner may have anything.</summary>
    static readonly TimeSpan ownerMayNot = TimeSpan.FromSeconds(30);

    readonly IReadOnlyList<TimeSpan> schedule = Durations.Parse(options.VerifySchedule);

    public string Kind => Name;
    public int? Concurrency => options.VerifyConcurrency;
    public int? PerDomain => outbound.VerificationsPerDomain;

    public async Task<Retry?> RunAsync(Job job, CancellationToken ct)
    {
        var subscription = await subscriptions.FindAsync(job.Id, ct);
        string? fault = null;
        if (
            subscription is { State: SubscriptionState.Pending, Target: WebhookTarget { VerifyBy: { } by } target } pending
            && by > clock.GetUtcNow()
        )
        {
            if (!(await owners.MayAsync(pending, ct)).Subscribe)
            {
                // Nobody is asked for somebody who may have nothing any more; a look at owners ends it.
                return new(ownerMayNot, Failed: false) { Counts = false };
            }
            // The first question was paid for by whoever asked for it.
            if (job.Failures > 0 && !budget.TryTake(target.Host, out var later))
            {
                return new(later, Failed: false) { Counts = false };
            }
            (subscription, var attempt) = await verification.AskAsync(pending, ct);
            fault = attempt.Fault;
        }
        if (subscription is not { State: SubscriptionState.Pending, Target: WebhookTarget { VerifyBy: { } end } })
        {
            return null;
        }
        if (end - clock.GetUtcNow() is { Ticks: > 0 } left)
        {
            var wait = schedule[Math.Min(job.Failures, schedule.Count - 1)];
            return new(wait < left ? wait : left, Failed: true);
        }
        await subscriptions.ChangeAsync(job.Id, Expired, ct);
        log.LogWarning("{Subscription} is disabled: its endpoint did not confirm in time. {Fault}", job.Id, fault);
        return null;
    }

    Subscription Expired(Subscription subscription) =>
        subscription is { State: SubscriptionState.Pending, Target: WebhookTarget { VerifyBy: { } until } } && until <= clock.GetUtcNow()
            ? subscription with
            {
                State = SubscriptionState.Disabled,
                DisabledBecause =
                    $"the verification expired: the endpoint did not give the challenge back until {until:yyyy-MM-dd'T'HH:mm:ss'Z'}",
            }
            : subscription;
}
