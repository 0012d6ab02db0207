namespace NewsPlatform.Notifications.Outbound;

/// <summary>
/// So many a minute for each of those that are counted, whoever they are: a token bucket each, that is full at first. Strangers choose what
/// is counted, so that there are only so many; past them those are forgotten that took something the longest ago, which have the most
/// again.
/// </summary>
/// <param name="most">That are counted at once.</param>
public sealed class Buckets(int perMinute, int most, TimeProvider clock)
{
    readonly Lock gate = new();
    readonly Dictionary<string, (double Left, long At)> buckets = new(StringComparer.Ordinal);

    public int Count
    {
        get
        {
            lock (gate)
            {
                return buckets.Count;
            }
        }
    }

    /// <param name="wait">Until there is one again.</param>
    public bool TryTake(string name, out TimeSpan wait)
    {
        lock (gate)
        {
            var left = Left(name);
            wait = left >= 1 ? TimeSpan.Zero : TimeSpan.FromMinutes((1 - left) / perMinute);
            if (left < 1)
            {
                return false;
            }
            if (buckets.Count >= most && !buckets.ContainsKey(name))
            {
                Forget();
            }
            buckets[name] = (left - 1, clock.GetTimestamp());
            return true;
        }
    }

    /// <summary>What was taken was not used.</summary>
    public void Return(string name)
    {
        lock (gate)
        {
            buckets[name] = (Math.Min(perMinute, Left(name) + 1), clock.GetTimestamp());
        }
    }

    double Left(string name) =>
        buckets.TryGetValue(name, out var bucket)
            ? Math.Min(perMinute, bucket.Left + clock.GetElapsedTime(bucket.At).TotalMinutes * perMinute)
            : perMinute;

    /// <summary>Those that are full again are as if they had never been; if that is not enough, a tenth goes, the oldest.</summary>
    void Forget()
    {
        foreach (var full in buckets.Keys.Where(name => Left(name) >= perMinute).ToArray())
        {
            buckets.Remove(full);
        }
        foreach (
            var old in buckets
                .OrderBy(bucket => bucket.Value.At)
                .Take(buckets.Count - most + most / 10 + 1)
                .Select(bucket => bucket.Key)
                .ToArray()
        )
        {
            buckets.Remove(old);
        }
    }
}
