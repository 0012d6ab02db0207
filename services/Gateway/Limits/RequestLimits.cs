using System.Threading.RateLimiting;

namespace NewsPlatform.Gateway.Limits;

/// <summary>The limiters of all classes; a client that was quiet for a while costs nothing.</summary>
public sealed class RequestLimits : IDisposable
{
    readonly PartitionedRateLimiter<(RouteClass Class, Caller Caller)> rate;
    readonly PartitionedRateLimiter<(RouteClass Class, Caller Caller)> each;
    readonly RateLimiter?[] all;

    public RequestLimits(LimitOptions options)
    {
        rate = PartitionedRateLimiter.Create<(RouteClass Class, Caller Caller), (RouteClass, Caller)>(asked =>
            options.Of(asked.Class) is { RequestsPerMinute: > 0 } limit
                ? RateLimitPartition.GetTokenBucketLimiter(asked, _ => Bucket(limit))
                : RateLimitPartition.GetNoLimiter((asked.Class, default(Caller)))
        );
        each = PartitionedRateLimiter.Create<(RouteClass Class, Caller Caller), (RouteClass, Caller)>(asked =>
            options.Of(asked.Class) is { ConcurrentPerClient: > 0 } limit
                ? RateLimitPartition.GetConcurrencyLimiter(asked, _ => new() { PermitLimit = limit.ConcurrentPerClient, QueueLimit = 0 })
                : RateLimitPartition.GetNoLimiter((asked.Class, default(Caller)))
        );
        all =
        [
            .. Enum.GetValues<RouteClass>()
                .Select(of =>
                    options.Of(of) is { Concurrent: > 0 } limit
                        ? new ConcurrencyLimiter(
                            new()
                            {
                                PermitLimit = limit.Concurrent,
                                QueueLimit = limit.Queued,
                                QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
                            }
                        )
                        : null
                ),
        ];
    }

    /// <summary>One more of this client.</summary>
    public RateLimitLease Rate(RouteClass of, Caller caller) => rate.AttemptAcquire((of, caller));

    /// <summary>Until the lease is given back, one of this client is under way.</summary>
    public RateLimitLease Each(RouteClass of, Caller caller) => each.AttemptAcquire((of, caller));

    /// <summary>Until the lease is given back, one of all is under way. Null where there is no such limit.</summary>
    public async ValueTask<RateLimitLease?> AllAsync(RouteClass of, CancellationToken ct) =>
        all[(int)of] is { } limiter ? await limiter.AcquireAsync(1, ct) : null;

    public void Dispose()
    {
        rate.Dispose();
        each.Dispose();
        foreach (var limiter in all)
        {
            limiter?.Dispose();
        }
    }

    /// <summary>As even as a tenth of a second allows.</summary>
    static TokenBucketRateLimiterOptions Bucket(ClassLimit limit)
    {
        var tokens = Math.Max(1, limit.RequestsPerMinute / 600);
        return new()
        {
            TokenLimit = Math.Max(limit.BurstRequests, tokens),
            TokensPerPeriod = tokens,
            ReplenishmentPeriod = TimeSpan.FromMinutes(1) * ((double)tokens / limit.RequestsPerMinute),
            QueueLimit = 0,
        };
    }
}
