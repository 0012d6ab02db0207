using System.Collections.Concurrent;

namespace NewsPlatform.Gateway.Instances;

/// <summary>Repeats that a service may still get: each request earns a part of one, up to a burst.</summary>
public sealed class RepeatBudget(InstanceOptions options)
{
    /// <summary>Hundredths of a repeat, by service.</summary>
    readonly ConcurrentDictionary<string, Left> left = new(StringComparer.Ordinal);

    long Most => options.RepeatBurst * 100L;

    public void Earn(string service)
    {
        var its = Of(service);
        if (Volatile.Read(ref its.Hundredths) < Most)
        {
            Interlocked.Add(ref its.Hundredths, options.RepeatPercent);
        }
    }

    /// <summary>Whether there was one left.</summary>
    public bool Spend(string service)
    {
        var its = Of(service);
        if (options.RepeatPercent > 0 && Interlocked.Add(ref its.Hundredths, -100) >= 0)
        {
            return true;
        }
        Interlocked.Add(ref its.Hundredths, 100);
        return false;
    }

    Left Of(string service) => left.GetOrAdd(service, static (_, most) => new Left { Hundredths = most }, Most);

    sealed class Left
    {
        public long Hundredths;
    }
}
