using Marten;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Idempotency;

/// <summary>Forgets answers whose time is over.</summary>
public sealed class ForgetResponses(IDocumentStore store, TimeProvider clock, ILogger<ForgetResponses> log)
    : PeriodicService(interval, clock, log, "Old answers could not be forgotten")
{
    static readonly TimeSpan interval = TimeSpan.FromMinutes(10);
    readonly TimeProvider clock = clock;

    protected override async Task RunOnceAsync(CancellationToken ct)
    {
        var before = clock.GetUtcNow() - StoredResponse.Kept;
        await using var session = store.LightweightSession();
        session.DeleteWhere<StoredResponse>(answer => answer.At < before);
        await session.SaveChangesAsync(ct);
    }
}
