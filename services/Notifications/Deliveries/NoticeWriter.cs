using System.Collections.Concurrent;
using Marten;
using NewsPlatform.Contracts;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.Notifications.Due;
using NewsPlatform.Notifications.Embargoes;
using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Notifications.Deliveries;

/// <summary>Notes bulletins for the subscriptions that want them, each once, and gives those subscriptions a turn.</summary>
public sealed class NoticeWriter(NpgsqlDataSource database, IDocumentStore store, TimeProvider clock)
{
    /// <summary>How often the place of a log is moved that nobody wants anything of.</summary>
    static readonly TimeSpan movedEvery = TimeSpan.FromSeconds(5);

    /// <summary>A log that nobody has spread yet begins where it stands, and at its beginning when nothing stands in it.</summary>
    const string Begin = $"""
        insert into {DeliveryTables.FanOut} (log, position)
        values ($1, coalesce((select position from {BulletinLog.Heads} where id = $1), 0)) on conflict (log) do nothing
        """;

    /// <summary>Up to where the log is spread, and what comes behind that or behind what is known to be nobody's.</summary>
    const string Unspread = $$"""
        select f.position, b.id, b.data from {{DeliveryTables.FanOut}} f
        left join lateral (select id, data from {0} where id > greatest(f.position, $2) order by id limit $3) b on true
        where f.log = $1 order by b.id
        """;

    /// <summary>
    /// Numbers follow the log's order, since an insert's defaults are made after its sorting. Whoever else spreads just now, or has since
    /// the bulletins were read, does it alone. Where nobody wants them, nothing is written and nobody woken, and the log's place is moved
    /// on once in a while.
    /// </summary>
    const string Spread = $"""
        with bulletin as (select position, terms from jsonb_to_recordset($2) as b(position bigint, terms text[])),
        wanted as materialized (select distinct b.position, w.subscription, w.channel, w.domain from bulletin b
            join {SubscriptionStore.InterestsTable} w
                on w.log = $1 and w.term = any(b.terms) and w.terms <@ b.terms and w.since < b.position),
        place as materialized (select position from {DeliveryTables.FanOut}
            where log = $1 and position = $3 and ($5 or exists (select from wanted)) for update skip locked),
        wanting as materialized (select * from wanted where exists (select from place)),
        noted as (insert into {DeliveryTables.Notices} (subscription, log, position)
            select subscription, $1, position from wanting order by position, subscription on conflict do nothing),
        woken as ({Wake}),
        moved as (update {DeliveryTables.FanOut} set position = $4 where log = $1 and exists (select from place))
        select exists (select from place) or not exists (select from wanted),
            case when exists (select from wanting) then pg_notify('{DueWork.Channel}', '')::text end
        """;

    const string Wake = $"""
        insert into {DeliveryTables.Outbox} (subscription, channel, domain)
            select distinct subscription, channel, domain from wanting order by subscription
        on conflict (subscription) do update set due_at = now()
            where {DeliveryTables.Outbox}.failures = 0 and {DeliveryTables.Outbox}.due_at > now()
        """;

    /// <summary>What is told again goes behind what waits; what waits already is told once.</summary>
    const string Again = $"""
        with wanting as materialized (select $1 as subscription, $2 as channel,
            coalesce((select max(domain) from {SubscriptionStore.InterestsTable} where subscription = $1), '') as domain),
        noted as (insert into {DeliveryTables.Notices} (subscription, log, position)
            select $1, $3, position from unnest($4) as position order by position on conflict do nothing returning 1),
        woken as ({Wake})
        select count(*) from noted
        """;

    /// <summary>Up to where each log was looked at here, whether or not somebody wanted anything of it.</summary>
    readonly ConcurrentDictionary<Log, long> known = new();

    readonly Dictionary<Log, long> movedAt = [];

    /// <summary>Notes the log's next bulletins for whoever wants them, each once, however many instances try.</summary>
    /// <returns>How many bulletins; 0 when there is none, or another instance is at it.</returns>
    public async Task<int> SpreadAsync(Log log, int page, CancellationToken ct)
    {
        var read = await ReadAsync(log, page, ct);
        if (read.Count == 0)
        {
            await using var begin = database.Command(Begin, (short)log);
            return await begin.ExecuteNonQueryAsync(ct) > 0 ? await SpreadAsync(log, page, ct) : 0;
        }
        var bulletins = read.Where(b => b.Position is not null).ToArray();
        var (place, last) = (read[0].Place, bulletins.LastOrDefault().Position ?? known.GetValueOrDefault(log));
        var moves = last > place && clock.GetElapsedTime(movedAt.GetValueOrDefault(log)) >= movedEvery;
        if (bulletins.Length == 0 && !moves)
        {
            return 0;
        }
        await using var spread = database.Command(
            Spread,
            (short)log,
            DeliveryTables.Json(bulletins.Select(b => new { position = b.Position, terms = b.Terms })),
            place,
            last,
            moves
        );
        if (await spread.ExecuteScalarAsync(ct) is not true)
        {
            return 0;
        }
        known[log] = last;
        if (moves)
        {
            movedAt[log] = clock.GetTimestamp();
        }
        return bulletins.Length;
    }

    async Task<List<(long Place, long? Position, string[] Terms)>> ReadAsync(Log log, int page, CancellationToken ct)
    {
        var table = log == Log.Public ? "mt_doc_bulletin" : "mt_doc_tradebulletin";
        await using var read = database.Command(
            Unspread.Replace("{0}", table, StringComparison.Ordinal),
            (short)log,
            known.GetValueOrDefault(log),
            page
        );
        return await read.ListAsync(row => (row.GetInt64(0), row.ValueOrNull<long>(1), row.IsDBNull(1) ? [] : Terms(log, row)), ct);
    }

    /// <summary>Notes bulletins of the public log again for one subscription, behind what waits for it.</summary>
    /// <returns>How many; those that wait already are not counted.</returns>
    public async Task<long> AgainAsync(Subscription subscription, IReadOnlyList<long> positions, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var again = connection.Command(Again, subscription.Id, subscription.Kind, (short)Log.Public, positions.ToArray());
        var noted = (long)(await again.ExecuteScalarAsync(ct))!;
        await using var notify = connection.Command($"notify {DueWork.Channel}");
        await notify.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
        return noted;
    }

    /// <summary>Bulletins of both logs that are not spread yet.</summary>
    public async Task<long> UnspreadAsync(CancellationToken ct)
    {
        var nobodys = known.ToArray();
        await using var command = database.Command(
            $"""
            select coalesce(sum(h.position - greatest(f.position, its.known)), 0)::bigint
            from {DeliveryTables.FanOut} f join {BulletinLog.Heads} h on h.id = f.log
            left join unnest($1::smallint[], $2::bigint[]) its(log, known) on its.log = f.log
            """,
            nobodys.Select(log => (short)log.Key).ToArray(),
            nobodys.Select(log => log.Value).ToArray()
        );
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    string[] Terms(Log log, NpgsqlDataReader row) =>
        log == Log.Public
            ? Terms(store.Options.Serializer().FromJson<Bulletin>(row, 2).Article)
            : Terms(LineItem.Of(store.Options.Serializer().FromJson<TradeBulletin>(row, 2).Article));

    /// <summary>What a dry run says is no part of everything.</summary>
    static string[] Terms(LineItem article) =>
        article.Id == DryRunArticle.Id ? [Topics.DryRun] : [Topics.Everything, .. Topics.Of(article)];
}
