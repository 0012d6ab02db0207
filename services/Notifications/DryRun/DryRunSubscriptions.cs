using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.Notifications.Subscriptions;

namespace NewsPlatform.Notifications.DryRun;

/// <summary>
/// One real subscription of each channel to the dry runs, which nobody owns; all but the mail's end at the service itself, as far as a
/// connection goes.
/// </summary>
public sealed class DryRunSubscriptions
{
    readonly SubscriptionStore subscriptions;
    readonly TimeProvider clock;
    readonly IReadOnlyList<IDryRunTarget> targets;

    public DryRunSubscriptions(SubscriptionStore subscriptions, IEnumerable<IDryRunTarget> targets, TimeProvider clock)
    {
        (this.subscriptions, this.targets, this.clock) = (subscriptions, [.. targets], clock);
        if (this.targets.GroupBy(target => target.Number).FirstOrDefault(same => same.Count() > 1) is { } same)
        {
            throw new InvalidOperationException(
                $"The dry runs of {string.Join(" and ", same.Select(target => target.Kind))} have the same number, {same.Key}."
            );
        }
    }

    /// <summary>The channels that are subscribed to.</summary>
    public IEnumerable<string> Channels => targets.Where(target => target.TakesPart).Select(target => target.Kind);

    /// <summary>Makes them, or makes them anew as they should be.</summary>
    public async Task UpsertAsync(CancellationToken ct)
    {
        foreach (var target in targets)
        {
            if (!target.TakesPart)
            {
                await subscriptions.DeleteAsync(IdOf(target), ct);
                continue;
            }
            await subscriptions.UpsertAsync(
                new()
                {
                    Id = IdOf(target),
                    Kind = target.Kind,
                    Topics = [Topics.DryRun],
                    State = SubscriptionState.Active,
                    MadeAt = clock.GetUtcNow(),
                    Target = target.Make(),
                },
                ct
            );
        }
    }

    static Guid IdOf(IDryRunTarget target) => new([.. DryRunArticle.Id.ToByteArray(bigEndian: true)[..15], target.Number], bigEndian: true);
}
