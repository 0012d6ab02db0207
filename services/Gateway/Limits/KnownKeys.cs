using Microsoft.Extensions.Caching.Memory;

namespace NewsPlatform.Gateway.Limits;

/// <summary>
/// Keys that a service has taken for good, so that their bearers are counted by them and not by their address. A key that nobody has
/// answered yet gives nothing: or else whoever invents one for every request would never be counted twice. Only good keys come in, so that
/// nobody else can fill it.
/// </summary>
public sealed class KnownKeys(LimitOptions options) : IDisposable
{
    readonly MemoryCache good = new(new MemoryCacheOptions { SizeLimit = options.KnownKeys });
    readonly TimeSpan kept = TimeSpan.FromMinutes(options.KnownKeyMinutes);

    public bool Contains(UInt128 key) => good.TryGetValue(key, out _);

    public void Add(UInt128 key)
    {
        if (!Contains(key))
        {
            good.Set(key, true, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = kept });
        }
    }

    /// <summary>It was revoked, or has expired.</summary>
    public void Remove(UInt128 key) => good.Remove(key);

    public void Dispose() => good.Dispose();
}
