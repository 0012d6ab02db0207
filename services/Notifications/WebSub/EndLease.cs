using NewsPlatform.Notifications.Errands;
using NewsPlatform.Notifications.Subscriptions;

namespace NewsPlatform.Notifications.WebSub;

/// <summary>Forgets a subscription that was not renewed (W3C WebSub, section 5.1).</summary>
public sealed class EndLease(SubscriptionStore roster, HubSubscriptionStore ledger, TimeProvider clock, ILogger<EndLease> log) : IJob
{
    public const string Name = "webSubLease";

    public string Kind => Name;

    public async Task<Retry?> RunAsync(Job errand, CancellationToken ct)
    {
        if (await roster.FindAsync(errand.Id, ct) is { Target: WebSubTarget target } && target.LeaseUntil - clock.GetUtcNow() is { Ticks: > 0 } left)
        {
            return new(left, Failed: false);
        }
        await roster.DeleteAsync(errand.Id, ct);
        await ledger.LeaveAsync(errand.Id, ct);
        log.LogInformation("The lease of {Subscription} ended", errand.Id);
        return null;
    }
}
