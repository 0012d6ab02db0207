using System.Threading.RateLimiting;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Webhooks;

/// <summary>Keeps an owner from having an endpoint called again and again by asking for tests and verifications.</summary>
public sealed class CallLimit(WebhookOptions options) : IDisposable
{
    static readonly TimeSpan window = TimeSpan.FromMinutes(1);

    readonly PartitionedRateLimiter<Guid> limiter = PartitionedRateLimiter.Create<Guid, Guid>(subscription => RateLimitPartition.GetFixedWindowLimiter(subscription,
        _ => new() { PermitLimit = options.CallsPerMinute, Window = window }));

    /// <exception cref="Refusal">429 that says when it is possible again.</exception>
    public void Take(Guid subscription)
    {
        using var lease = limiter.AttemptAcquire(subscription);
        if (!lease.IsAcquired)
        {
            var wait = lease.TryGetMetadata(MetadataName.RetryAfter, out var left) ? left : window;
            throw new Refusal(429, "too-many-requests", $"An endpoint is called {options.CallsPerMinute} times in a minute at most by verify and test.")
            {
                Headers = { ["Retry-After"] = $"{Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds))}" },
            };
        }
    }

    public void Dispose() => limiter.Dispose();
}
