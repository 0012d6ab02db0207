using NewsPlatform.Notifications.Jobs;
using NewsPlatform.Notifications.Subscriptions;

namespace NewsPlatform.Notifications.WebSub;

/// <summary>Forgets a subscription that was not renewed (W3C WebSub, section 5.1).</summary>
public sealed class EndLease(
    SubscriptionStore subscriptions,
    HubSubscriptionStore hubSubscriptions,
    TimeProvider clock,
    ILogger<EndLease> log
) : IJob
{
    public const string Name = "webSubLease";

    public string Kind => Name;

    public async Task<Retry?> RunAsync(Job job, CancellationToken ct)
    {
        if (
            await subscriptions.FindAsync(job.Id, ct) is { Target: WebSubTarget target }
            && target.LeaseUntil - clock.GetUtcNow() is { Ticks: > 0 } left
        )
        {
            return new(left, Failed: false);
        }
        await subscriptions.DeleteAsync(job.Id, ct);
        await hubSubscriptions.LeaveAsync(job.Id, ct);
        log.LogInformation("The lease of {Subscription} ended", job.Id);
        return null;
    }
}
