using Marten;
using NewsPlatform.Contracts;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.Notifications.Embargoes;
using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Notifications.Deliveries;

/// <summary>Notes bulletins for the subscriptions that want them, each once, and gives those subscriptions a turn.</summary>
public sealed class NoticeWriter(NpgsqlDataSource database, IDocumentStore store)
{
    /// <summary>Locks the log's place for one instance; no row means that another one spreads just now.</summary>
    const string Place = $"select position from {DeliveryTables.FanOut} where log = $1 for update skip locked";

    /// <summary>A log that nobody has spread yet begins where it stands, and at its beginning when nothing stands in it.</summary>
    const string Begin = $"""
        insert into {DeliveryTables.FanOut} (log, position)
        values ($1, coalesce((select position from {BulletinLog.Heads} where id = $1), 0)) on conflict (log) do nothing
        """;

    /// <summary>Logs that have something to spread, and those that nobody has spread yet.</summary>
    const string Grown = $"""
        select log.id from unnest($1) log(id)
        left join {DeliveryTables.FanOut} f on f.log = log.id left join {BulletinLog.Heads} h on h.id = log.id
        where f.log is null or h.position > f.position
        """;

    /// <summary>
    /// Numbers follow the log's order, since an insert's defaults are made after its sorting. Deliverers are woken only when somebody wants
    /// something.
    /// </summary>
    const string Spread = $"""
        with bulletin as (select position, terms from jsonb_to_recordset($2) as b(position bigint, terms text[])),
        wanting as materialized (select distinct b.position, w.subscription, w.channel, w.domain from bulletin b
            join {SubscriptionStore.InterestsTable} w
                on w.log = $1 and w.term = any(b.terms) and w.terms <@ b.terms and w.since < b.position),
        noted as (insert into {DeliveryTables.Notices} (subscription, log, position)
            select subscription, $1, position from wanting order by position, subscription on conflict do nothing),
        woken as ({Wake})
        select pg_notify('{Outbox.Due}', '') from (select from wanting limit 1) somebody
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

    /// <summary>The logs that <see cref="SpreadAsync"/> is to be called for.</summary>
    public async Task<IReadOnlyList<Log>> GrownAsync(CancellationToken ct)
    {
        await using var grown = database.Command(Grown, (object)Enum.GetValues<Log>().Select(log => (short)log).ToArray());
        return await grown.ListAsync(row => (Log)row.GetInt16(0), ct);
    }

    /// <summary>Notes the log's next bulletins for whoever wants them, each once, however many instances try.</summary>
    /// <returns>How many bulletins; 0 when there is none, or another instance is at it.</returns>
    public async Task<int> SpreadAsync(Log log, int page, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        if (await PlaceAsync() is not { } position)
        {
            await using var begin = connection.Command(Begin, (short)log);
            var begun = await begin.ExecuteNonQueryAsync(ct) > 0;
            await transaction.CommitAsync(ct);
            return begun ? await SpreadAsync(log, page, ct) : 0;
        }
        var bulletins = await TermsAsync(log, position, page, ct);
        if (bulletins.Count == 0)
        {
            return 0;
        }
        await using var batch = new NpgsqlBatch(connection, transaction);
        batch.BatchCommands.Add(
            Rows.InBatch(Spread, (short)log, DeliveryTables.Json(bulletins.Select(b => new { position = b.Position, terms = b.Terms })))
        );
        batch.BatchCommands.Add(
            Rows.InBatch($"update {DeliveryTables.FanOut} set position = $2 where log = $1", (short)log, bulletins[^1].Position)
        );
        await batch.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
        return bulletins.Count;

        async Task<long?> PlaceAsync()
        {
            await using var place = connection.Command(Place, (short)log);
            return await place.ExecuteScalarAsync(ct) as long?;
        }
    }

    /// <summary>Notes bulletins of the public log again for one subscription, behind what waits for it.</summary>
    /// <returns>How many; those that wait already are not counted.</returns>
    public async Task<long> AgainAsync(Subscription subscription, IReadOnlyList<long> positions, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var again = connection.Command(Again, subscription.Id, subscription.Kind, (short)Log.Public, positions.ToArray());
        var noted = (long)(await again.ExecuteScalarAsync(ct))!;
        await using var notify = connection.Command($"notify {Outbox.Due}");
        await notify.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
        return noted;
    }

    /// <summary>Bulletins of both logs that are not spread yet.</summary>
    public async Task<long> UnspreadAsync(CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            $"""
            select coalesce(sum(h.position - f.position), 0)::bigint
            from {DeliveryTables.FanOut} f join {BulletinLog.Heads} h on h.id = f.log
            """
        );
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    async Task<IReadOnlyList<(long Position, string[] Terms)>> TermsAsync(Log log, long after, int page, CancellationToken ct)
    {
        await using var session = store.QuerySession();
        return log == Log.Public
            ? [.. (await session.QueryAsync<Bulletin>(BulletinLog.Next, ct, after, page)).Select(b => (b.Position, Terms(b.Article)))]
            :
            [
                .. (await session.QueryAsync<TradeBulletin>(BulletinLog.Next, ct, after, page)).Select(b =>
                    (b.Position, Terms(LineItem.Of(b.Article)))
                ),
            ];
    }

    /// <summary>What a dry run says is no part of everything.</summary>
    static string[] Terms(LineItem article) =>
        article.Id == DryRunArticle.Id ? [Topics.DryRun] : [Topics.Everything, .. Topics.Of(article)];
}
