using System.Diagnostics.Metrics;
using System.Threading.RateLimiting;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Ready;

/// <summary>So many at once, and so many that wait for it, the first to come the first to go on.</summary>
public sealed class WorkLimit(string work, int atOnce, int waiting, TimeSpan patience) : IDisposable
{
    const int RetrySeconds = 2;

    static readonly Counter<long> refused = Telemetry.Meter.CreateCounter<long>(
        "news.feed.refused",
        description: "Requests that were answered 503 since too much work of their kind was waiting"
    );

    readonly ConcurrencyLimiter limiter = new(
        new()
        {
            PermitLimit = atOnce,
            QueueLimit = waiting,
            QueueProcessingOrder = QueueProcessingOrder.OldestFirst,
        }
    );
    readonly KeyValuePair<string, object?> kind = new("work", work);

    /// <summary>Returns when the work may begin; it ends when what is returned is disposed of. Who gives up leaves the queue.</summary>
    /// <exception cref="ProblemException">503 with Retry-After.</exception>
    public async Task<IDisposable> EnterAsync(CancellationToken ct)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(ct);
        bounded.CancelAfter(patience);
        try
        {
            if (await limiter.AcquireAsync(1, bounded.Token) is { IsAcquired: true } lease)
            {
                return lease;
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested) { }
        refused.Add(1, kind);
        throw Busy();
    }

    static ProblemException Busy() =>
        new(StatusCodes.Status503ServiceUnavailable, "busy", "There is too much to do for this at the moment. Try again shortly.")
        {
            Headers = { ["Retry-After"] = $"{RetrySeconds}" },
        };

    public void Dispose() => limiter.Dispose();
}
