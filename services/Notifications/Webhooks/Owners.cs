using Marten;
using NewsPlatform.Contracts;
using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Webhooks;

/// <summary>What owners of subscriptions may still have, long after the request that made them.</summary>
/// <remarks>
/// People whom an issuer of tokens knows are let in by tokens alone; what became of them since is not known here, so an admin ends what
/// they leave.
/// </remarks>
public sealed class Owners(KeyRing ring, IDocumentStore store, TimeProvider clock)
{
    /// <param name="Trade">Also of what is under embargo.</param>
    /// <param name="Ended">Why the owner may have nothing any more, for good; null when that is not so.</param>
    public readonly record struct May(bool Subscribe, bool Trade, string? Ended = null);

    /// <summary>Nothing may be told, and nothing is over, while it is not known whose a subscription is.</summary>
    public async ValueTask<May> MayAsync(Subscription subscription, CancellationToken ct)
    {
        if (subscription.OwnerId is not { } owner)
        {
            return new(subscription.Owner is null, false);
        }
        if (Caller.KeyOf(owner) is not { } id)
        {
            return OwnerWatch.IsFormer(owner) ? new(false, false, OwnerWatch.Another(subscription.Owner)) : new(true, false);
        }
        if (await ring.FindByIdAsync(id, ct) is { } key)
        {
            return key.ExpiresAt <= clock.GetUtcNow() ? new(false, false, OwnerWatch.Expired) : new(true, key.Trade);
        }
        // A key that this service has lost, or has not heard of yet, is none that was revoked.
        await using var session = store.QuerySession();
        return await session.LoadAsync<KeyChanged>(id, ct) is { Revoked: true } ? new(false, false, OwnerWatch.Revoked) : default;
    }
}
