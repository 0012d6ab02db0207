using System.Diagnostics.Metrics;
using Microsoft.Extensions.Caching.Memory;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Gateway.Edge;

/// <summary>
/// The answers that are kept, by their address. What everybody reads has a part of the memory that nothing else can take, however many
/// addresses a stranger thinks up; in each part what was asked for longest ago goes first.
/// </summary>
public sealed class EdgeMemory : IDisposable
{
    /// <summary>UTF-16 code units of an address that is looked up.</summary>
    const int MaxAddress = 1_024;

    /// <summary>Addresses of which it is known that nothing is kept.</summary>
    const int MaxNever = 10_000;

    static readonly TimeSpan neverKept = TimeSpan.FromSeconds(10);

    readonly MemoryCache heads,
        others;
    readonly MemoryCache never = new(new MemoryCacheOptions { SizeLimit = MaxNever });
    readonly TimeSpan keep;

    public EdgeMemory(EdgeOptions options)
    {
        var most = options.MaxMegabytes * 1_048_576L;
        var share = most * options.OthersPercent / 100;
        (heads, others, keep) = (Part(most - share), Part(share), TimeSpan.FromSeconds(options.KeepSeconds));
        Telemetry.Meter.CreateObservableGauge(
            "news.gateway.edge.bytes",
            () => Measure(its => its.CurrentEstimatedSize ?? 0),
            "By",
            "What answers that are kept may take of the memory, by what they are"
        );
        Telemetry.Meter.CreateObservableGauge(
            "news.gateway.edge.entries",
            () => Measure(its => its.CurrentEntryCount),
            "{answer}",
            "Answers that are kept, by what they are"
        );
    }

    static MemoryCache Part(long most) => new(new MemoryCacheOptions { SizeLimit = most, TrackStatistics = true });

    /// <summary>What is kept for an address, however its parameters are ordered and whatever nobody reads stands beside them.</summary>
    /// <param name="target">As the request's first line has it.</param>
    public KeptAnswer? Find(string target)
    {
        if (target.Length > MaxAddress)
        {
            return null;
        }
        if (Get(target) is { } exact)
        {
            return exact;
        }
        return
            target.IndexOf('?', StringComparison.Ordinal) is var query and >= 0
            && EdgeAddress.Of(target, Get(target[..query])?.Entry.Reads) is var spelt
            && spelt != target
            ? Get(spelt)
            : null;
    }

    /// <summary>What Feed answered there was nothing to keep, not long ago.</summary>
    public bool IsNeverKept(string address) => never.TryGetValue(address, out _);

    /// <summary>Nobody waits for another's answer there for a while.</summary>
    public void NeverKeep(string address)
    {
        if (address.Length <= MaxAddress)
        {
            never.Set(address, true, new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = neverKept });
        }
    }

    KeptAnswer? Get(string address) => heads.Get<KeptAnswer>(address) ?? others.Get<KeptAnswer>(address);

    public void Set(KeptAnswer kept) =>
        (kept.Entry.IsHead ? heads : others).Set(
            EdgeAddress.Of(kept.Entry.Address, kept.Entry.Reads),
            kept,
            new MemoryCacheEntryOptions { Size = kept.Size, SlidingExpiration = keep }
        );

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
        never.Dispose();
    }
}
