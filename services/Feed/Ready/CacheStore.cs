using System.Diagnostics.Metrics;
using Microsoft.Extensions.Caching.Memory;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Ready;

/// <summary>
/// The memory for finished answers. What everybody reads has a part of it that nothing else can take, however many addresses a stranger
/// thinks up; in each part what was asked for longest ago goes first, and what nobody asks for ends. Keys, marks and header fields count as
/// what they take.
/// </summary>
public sealed class CacheStore : IDisposable
{
    const int MaxAddresses = 10_000;

    readonly MemoryCache heads,
        others;
    readonly TimeSpan keep;

    /// <summary>Keys of answers by their address. Who is not among them is found as what was read of their address.</summary>
    readonly MemoryCache addresses = new(new MemoryCacheOptions { SizeLimit = MaxAddresses });

    public CacheStore(ReadyOptions options)
    {
        var most = options.MaxMegabytes * 1_048_576L;
        var others = most * options.OthersPercent / 100;
        (heads, this.others, keep) = (Part(most - others), Part(others), TimeSpan.FromSeconds(options.KeepSeconds));
        Telemetry.Meter.CreateObservableGauge(
            "news.feed.ready.bytes",
            () => Measure(its => its.CurrentEstimatedSize ?? 0),
            "By",
            "What finished answers may take of the memory, by what they are"
        );
        Telemetry.Meter.CreateObservableGauge(
            "news.feed.ready.entries",
            () => Measure(its => its.CurrentEntryCount),
            "{answer}",
            "Finished answers that are kept, by what they are"
        );
    }

    static MemoryCache Part(long most) => new(new MemoryCacheOptions { SizeLimit = most, TrackStatistics = true });

    MemoryCache Of(CacheKey key) => key.IsHead ? heads : others;

    public Kept? Get(CacheKey key) => Of(key).Get<Kept>(key);

    /// <summary>What the answer at an address is kept under, and the language of its stories.</summary>
    public (CacheKey Key, string? Language)? KeyOf(string target) =>
        addresses.TryGetValue(target, out (CacheKey, string?) known) ? known : null;

    public void Set(CacheKey key, string? language, Kept kept)
    {
        Of(key)
            .Set(
                key,
                kept,
                new MemoryCacheEntryOptions
                {
                    Size = key.Size + kept.Answer.MaxSize + sizeof(char) * (kept.Mark?.Length ?? 0),
                    SlidingExpiration = keep,
                }
            );
        if (key.Address is { } address)
        {
            addresses.Set(address.Path, (key, language), new MemoryCacheEntryOptions { Size = 1, SlidingExpiration = keep });
        }
    }

    IEnumerable<Measurement<long>> Measure(Func<MemoryCacheStatistics, long> read)
    {
        // What has ended leaves the memory at the latest when somebody looks.
        heads.Compact(0);
        others.Compact(0);
        return [Of("heads", heads), Of("others", others)];

        Measurement<long> Of(string name, MemoryCache part) =>
            new(read(part.GetCurrentStatistics()!), new KeyValuePair<string, object?>("of", name));
    }

    public void Dispose()
    {
        heads.Dispose();
        others.Dispose();
        addresses.Dispose();
    }
}
