using Marten;
using Microsoft.Extensions.Caching.Memory;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.Notifications.Embargoes;
using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Notifications.Deliveries;

/// <summary>
/// Reads what waits for subscriptions. What the turns of many of them ask for at once is one round trip for all of them, and bulletins
/// that many want are kept in memory.
/// </summary>
public sealed class NoticeReader : IDisposable
{
    /// <summary>Bulletins that are kept in memory, since many subscriptions want the same one at the same time.</summary>
    const int Recent = 1_000;

    /// <summary>Turns whose questions are answered in one round trip.</summary>
    const int Together = 200;

    /// <summary>With the version of the row that has what is to be said, so that what was masked since is not taken from memory.</summary>
    const string ReadWaiting = $"""
        select n.subscription, n.number, n.log, n.position, n.noted_at,
            case n.log when 1 then (select xmin from mt_doc_bulletin where id = n.position)
                else (select xmin from mt_doc_tradebulletin where id = n.position) end
        from unnest($1::uuid[]) its(subscription)
        cross join lateral (select * from {DeliveryTables.Notices} where subscription = its.subscription order by number limit $2) n
        """;

    readonly NpgsqlDataSource database;
    readonly IDocumentStore store;
    readonly DeliveryOptions options;
    readonly MemoryCache recent = new(new MemoryCacheOptions { SizeLimit = Recent });
    readonly RequestCoalescer<Guid, IReadOnlyList<PendingDelivery>> reads;

    public NoticeReader(NpgsqlDataSource database, IDocumentStore store, DeliveryOptions options)
    {
        (this.database, this.store, this.options) = (database, store, options);
        reads = new(Together, ReadAsync);
    }

    public void Dispose()
    {
        recent.Dispose();
        reads.Dispose();
    }

    /// <summary>What waits for a subscription, in its order. What the log has no more is dropped: it is too old to be told.</summary>
    /// <returns>Notices of the same bulletin have the same object of it, whoever they are for.</returns>
    /// <remarks>It cannot be canceled, since others may wait for the same read; it is one short statement or two.</remarks>
    public Task<IReadOnlyList<PendingDelivery>> WaitingAsync(Guid subscription) => reads.AskAsync(subscription);

    /// <summary>Letters, digits and <c>_</c>.</summary>
    static string IdOf(Guid subscription, Log log, long position) => $"msg_{subscription:N}_{(short)log}_{position}";

    /// <remarks>No cancellation is passed on here: the read is that of many turns, of which none may end it for the others.</remarks>
    async Task<IReadOnlyList<IReadOnlyList<PendingDelivery>>> ReadAsync(IReadOnlyList<Guid> subscriptions)
    {
        await using var read = database.Command(ReadWaiting, subscriptions.Distinct().ToArray(), options.BatchSize);
        var rows = await read.ListAsync(
            row =>
                (
                    Subscription: row.GetGuid(0),
                    Number: row.GetInt64(1),
                    Log: (Log)row.GetInt16(2),
                    Position: row.GetInt64(3),
                    NotedAt: row.GetFieldValue<DateTimeOffset>(4),
                    Row: row.ValueOrNull<uint>(5)
                ),
            CancellationToken.None
        );
        var said = await BulletinsAsync([.. rows.Where(r => r.Row is not null).Select(r => (r.Log, r.Position, r.Row!.Value)).Distinct()]);
        var gone = rows.Where(r => !said.ContainsKey((r.Log, r.Position))).ToArray();
        if (gone.Length > 0)
        {
            await using var done = database.Command(
                DeliveryTables.StrikeOut,
                gone.Select(r => r.Subscription).ToArray(),
                gone.Select(r => r.Number).ToArray()
            );
            await done.ExecuteNonQueryAsync(CancellationToken.None);
        }
        var notices = rows.Where(r => said.ContainsKey((r.Log, r.Position)))
            .ToLookup(
                r => r.Subscription,
                r => new PendingDelivery(
                    r.Number,
                    IdOf(r.Subscription, r.Log, r.Position),
                    r.Log,
                    r.Position,
                    r.NotedAt,
                    said[(r.Log, r.Position)] as Bulletin,
                    said[(r.Log, r.Position)] as TradeBulletin
                )
            );
        return [.. subscriptions.Select(s => notices[s].OrderBy(n => n.Number).ToArray())];
    }

    /// <summary>Bulletins, from memory where their row is still the one that they were read from.</summary>
    async Task<Dictionary<(Log, long), object>> BulletinsAsync(IReadOnlyList<(Log Log, long Position, uint Row)> wanted)
    {
        var found = new Dictionary<(Log, long), object>();
        foreach (var key in wanted)
        {
            if (recent.TryGetValue(key, out var bulletin))
            {
                found[(key.Log, key.Position)] = bulletin!;
            }
        }
        var unknown = wanted.Where(key => !found.ContainsKey((key.Log, key.Position))).ToArray();
        if (unknown.Length == 0)
        {
            return found;
        }
        await using var session = store.QuerySession();
        foreach (var bulletin in await session.LoadManyAsync<Bulletin>(Positions(Log.Public)))
        {
            found[(Log.Public, bulletin.Position)] = bulletin;
        }
        foreach (var bulletin in await session.LoadManyAsync<TradeBulletin>(Positions(Log.Trade)))
        {
            found[(Log.Trade, bulletin.Position)] = bulletin;
        }
        foreach (var key in unknown.Where(key => found.ContainsKey((key.Log, key.Position))))
        {
            recent.Set(key, found[(key.Log, key.Position)], new MemoryCacheEntryOptions { Size = 1 });
        }
        return found;

        long[] Positions(Log log) => [.. unknown.Where(key => key.Log == log).Select(key => key.Position)];
    }
}
