using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;
using Marten;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using NewsPlatform.Contracts;
using Npgsql;

namespace NewsPlatform.ServiceDefaults;

/// <summary>
/// The platform keys as this service knows them: the newest version of each in its own database, and those that are not revoked in the
/// memory of every replica. Asking it costs no query and no other service.
/// </summary>
public sealed class KeyRing(IDocumentStore store, NpgsqlDataSource database, ILogger<KeyRing> log) : BackgroundService, IHealthCheck
{
    /// <summary>The channel of PostgreSQL's NOTIFY that says that a key has changed.</summary>
    public const string Changed = "keys";

    /// <summary>Keys are never deleted and a version only grows, so no change leaves this as it was.</summary>
    const string StatusQuery = "select count(*), coalesce(sum(mt_version), 0)::bigint from mt_doc_key";

    static readonly TimeSpan longestSilence = TimeSpan.FromSeconds(10);
    readonly TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    readonly SemaphoreSlim gate = new(1);
    (long Keys, long Versions) standing = (-1, -1);
    volatile FrozenDictionary<string, KeyChanged> keys = FrozenDictionary<string, KeyChanged>.Empty;
    volatile FrozenDictionary<Guid, KeyChanged> known = FrozenDictionary<Guid, KeyChanged>.Empty;
    long lastLookAt = Environment.TickCount64;

    public static void Configure(StoreOptions options) =>
        options.Schema.For<KeyChanged>().DocumentAlias("key").Identity(key => key.KeyId).UseNumericRevisions(true);

    /// <summary>Keeps what is newer than what is known, with whatever else the session stores, and lets every replica know.</summary>
    public static void Upsert(IDocumentSession session, KeyChanged key)
    {
        session.TryUpdateRevision(key, key.Version);
        session.QueueSqlCommand($"notify {Changed}");
    }

    public static string Hash(string secret) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(secret)));

    /// <summary>What a key's acts are recorded under begins with it.</summary>
    public const string NamePrefix = "key:";

    /// <summary>The key of that id that is not revoked; null when there is none. It may have expired.</summary>
    /// <exception cref="ProblemException">503 when the keys could not be read since the service started.</exception>
    public async ValueTask<KeyChanged?> FindByIdAsync(Guid keyId, CancellationToken ct)
    {
        await BegunAsync(ct);
        return known.GetValueOrDefault(keyId);
    }

    /// <summary>The key that has such a secret, whether or not it is still good; null when none has.</summary>
    /// <remarks>A hash tells nothing of how near a guess came, so the time that a search takes tells nothing either.</remarks>
    /// <exception cref="ProblemException">503 when the keys could not be read since the service started.</exception>
    public async ValueTask<KeyChanged?> FindAsync(string hash, CancellationToken ct)
    {
        await BegunAsync(ct);
        return keys.GetValueOrDefault(hash);
    }

    async ValueTask BegunAsync(CancellationToken ct)
    {
        if (!begun.Task.IsCompleted)
        {
            await begun.Task.WaitAsync(longestSilence, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        if (!begun.Task.IsCompleted)
        {
            throw ProblemException.Unavailable("The keys are not known yet. Try again shortly.", TimeSpan.FromSeconds(2));
        }
    }

    /// <summary>Why a key does not open with that secret at that time; null when it does.</summary>
    public static string? Fault(KeyChanged? key, string hash, DateTimeOffset now) =>
        key switch
        {
            null or { Revoked: true } => "the key is unknown or revoked",
            { ExpiresAt: { } end } when end <= now => "the key has expired",
            _ when key.Secrets.Any(secret => secret.Hash == hash && (secret.ValidUntil is not { } end || end > now)) => null,
            _ => "the key was given a new secret",
        };

    /// <summary>Why a secret of that hash opens nothing at that time, as far as is known by now; null when it does.</summary>
    public string? Fault(string hash, DateTimeOffset now) => Fault(keys.GetValueOrDefault(hash), hash, now);

    /// <summary>Reads again what has changed in the database.</summary>
    public async Task RefreshAsync(CancellationToken ct)
    {
        await gate.WaitAsync(ct);
        try
        {
            var found = await StandingAsync(ct);
            if (found != standing)
            {
                await using var session = store.QuerySession();
                var opening = await session.Query<KeyChanged>().Where(key => !key.Revoked).ToListAsync(ct);
                keys = opening
                    .SelectMany(key => key.Secrets.Select(secret => (secret.Hash, key)))
                    .ToFrozenDictionary(pair => pair.Hash, pair => pair.key);
                known = opening.ToFrozenDictionary(key => key.KeyId);
                standing = found;
            }
            Volatile.Write(ref lastLookAt, Environment.TickCount64);
            begun.TrySetResult();
        }
        finally
        {
            gate.Release();
        }
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var silence = TimeSpan.FromMilliseconds(Environment.TickCount64 - Volatile.Read(ref lastLookAt));
        var data = new Dictionary<string, object>
        {
            ["known"] = standing.Keys,
            ["opening"] = keys.Values.DistinctBy(key => key.KeyId).Count(),
        };
        return Task.FromResult(
            begun.Task.IsCompleted && silence < longestSilence
                ? HealthCheckResult.Healthy(data: data)
                : HealthCheckResult.Unhealthy($"the keys were not read for {silence.TotalSeconds:F0} s", data: data)
        );
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        PostgresListener.ListenAsync(database, Changed, RefreshAsync, log, stoppingToken);

    public override void Dispose()
    {
        gate.Dispose();
        base.Dispose();
    }

    async Task<(long, long)> StandingAsync(CancellationToken ct)
    {
        await using var command = database.CreateCommand(StatusQuery);
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        return (row.GetInt64(0), row.GetInt64(1));
    }
}
