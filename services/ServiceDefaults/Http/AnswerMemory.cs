using System.Diagnostics.Metrics;
using Microsoft.Extensions.Caching.Memory;

namespace NewsPlatform.ServiceDefaults;

/// <summary>
/// A memory for finished answers, bounded in bytes. What everybody reads, the heads, has a part of it that nothing else can take, however
/// many addresses a stranger thinks up; in each part what was asked for longest ago goes first, and what nobody asks for ends.
/// </summary>
public sealed class AnswerMemory<TKey, TValue> : IDisposable
    where TKey : notnull
    where TValue : class
{
    readonly MemoryCache heads,
        others;
    readonly TimeSpan keep;

    /// <param name="bytes">Of both parts together.</param>
    /// <param name="othersPercent">The part of it of which there can be any number.</param>
    /// <param name="keep">After which an answer ends that nobody has asked for.</param>
    /// <param name="metric">What its gauges' names begin with.</param>
    /// <param name="answers">Its answers, as operators call them.</param>
    public AnswerMemory(long bytes, int othersPercent, TimeSpan keep, string metric, string answers)
    {
        var share = bytes * othersPercent / 100;
        (heads, others, this.keep) = (Part(bytes - share), Part(share), keep);
        Telemetry.Meter.CreateObservableGauge(
            $"{metric}.bytes",
            () => Measure(its => its.CurrentEstimatedSize ?? 0),
            "By",
            $"What {answers} may take of the memory, by what they are"
        );
        Telemetry.Meter.CreateObservableGauge(
            $"{metric}.entries",
            () => Measure(its => its.CurrentEntryCount),
            "{answer}",
            $"The {answers}, by what they are"
        );
    }

    static MemoryCache Part(long most) => new(new MemoryCacheOptions { SizeLimit = most, TrackStatistics = true });

    MemoryCache Of(bool isHead) => isHead ? heads : others;

    public TValue? Get(TKey key, bool isHead) => Of(isHead).Get<TValue>(key);

    /// <summary>From whichever part it is in.</summary>
    public TValue? Get(TKey key) => Get(key, isHead: true) ?? Get(key, isHead: false);

    /// <param name="size">Bytes that it may come to take, its key included.</param>
    public void Set(TKey key, TValue value, bool isHead, long size) =>
        Of(isHead).Set(key, value, new MemoryCacheEntryOptions { Size = size, SlidingExpiration = keep });

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
    }
}
