using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Webhooks;

/// <summary>What owners of subscriptions may still have, long after the request that made them.</summary>
/// <remarks>People whom an issuer of tokens knows are let in by tokens alone; what became of them since is not known here, so an admin ends what they leave.</remarks>
public sealed class Owners(KeyRing ring, TimeProvider clock)
{
    public readonly record struct May(bool Subscribe, bool Trade);

    /// <param name="owner">As <see cref="Who.Name"/>; null for the platform itself.</param>
    public async ValueTask<May> MayAsync(string? owner, CancellationToken ct)
    {
        if (owner is null || !owner.StartsWith(KeyRing.NamePrefix, StringComparison.Ordinal))
        {
            return new(true, false);
        }
        var name = owner[KeyRing.NamePrefix.Length..];
        if (name == Security.AdminName)
        {
            return new(true, false);
        }
        var key = await ring.NamedAsync(name, ct);
        return key is not null && (key.ExpiresAt is not { } end || end > clock.GetUtcNow())
            ? new(true, key.Trade)
            : default;
    }
}
