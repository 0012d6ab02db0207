using Marten;
using Microsoft.Extensions.Caching.Memory;
using NewsPlatform.Contracts;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.Notifications.DryRun;
using NewsPlatform.Notifications.Embargoes;
using NewsPlatform.Notifications.Outbound;
using NewsPlatform.Notifications.Stream;
using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.ServiceDefaults;
using Npgsql;
using NpgsqlTypes;
using Weasel.Postgresql.Tables;

namespace NewsPlatform.Notifications.Deliveries;

/// <summary>A subscription that this instance delivers to, until the lease ends.</summary>
/// <param name="Lease">Nobody else's: who finds another one has lost the turn.</param>
/// <param name="Failures">In a row.</param>
/// <param name="FailingSince">When the first of them was.</param>
/// <param name="Domain">That is called; empty where that is no matter.</param>
public sealed record DeliveryLease(Guid Subscription, Guid Lease, int Failures, DateTimeOffset? FailingSince, string Domain = "");

/// <summary>
/// What is still to be told to whom. <c>notice</c> has a row for each bulletin and subscription, <c>outbox</c> one for each subscription
/// that something waits for: when its turn is, and which instance has it. Leases and turns go by the database's clock, which all instances
/// share. What the turns of many subscriptions ask of it at once is one round trip and one commit for all of them.
/// </summary>
public sealed class Outbox : IDisposable
{
    /// <summary>PostgreSQL's channel that says that something waits.</summary>
    public const string Due = "outbox";

    /// <summary>Bulletins that are kept in memory, since many subscriptions want the same one at the same time.</summary>
    const int Recent = 1_000;

    /// <summary>Turns whose questions are answered in one round trip.</summary>
    const int Together = 200;

    const string Notices = "notice";
    const string Table = "outbox";
    const string Attempts = "delivery_attempt";
    const string FanOut = "fan_out";

    /// <summary>Locks the log's place for one instance; no row means that another one spreads just now.</summary>
    const string Place = $"select position from {FanOut} where log = $1 for update skip locked";

    /// <summary>A log that nobody has spread yet begins where it stands, and at its beginning when nothing stands in it.</summary>
    const string Begin =
        $"insert into {FanOut} (log, position) values ($1, coalesce((select position from {BulletinLog.Heads} where id = $1), 0)) on conflict (log) do nothing";

    /// <summary>Numbers follow the log's order, since an insert's defaults are made after its sorting.</summary>
    const string Spread = $"""
        with bulletin as (select position, terms from jsonb_to_recordset($2) as b(position bigint, terms text[])),
        wanting as materialized (select distinct b.position, w.subscription, w.channel, w.domain from bulletin b
            join {SubscriptionStore.InterestsTable} w on w.log = $1 and w.term = any(b.terms) and w.terms <@ b.terms and w.since < b.position),
        noted as (insert into {Notices} (subscription, log, position) select subscription, $1, position from wanting order by position, subscription on conflict do nothing)
        {Wake}
        """;

    const string Wake = $"""
        insert into {Table} (subscription, channel, domain) select distinct subscription, channel, domain from wanting order by subscription
        on conflict (subscription) do update set due_at = now() where {Table}.failures = 0 and {Table}.due_at > now()
        """;

    /// <summary>What is told again goes behind what waits; what waits already is told once.</summary>
    const string Again = $"""
        with wanting as materialized (select $1 as subscription, $2 as channel, coalesce((select max(domain) from {SubscriptionStore.InterestsTable} where subscription = $1), '') as domain),
        noted as (insert into {Notices} (subscription, log, position) select $1, $3, position from unnest($4) as position order by position on conflict do nothing returning 1),
        woken as ({Wake})
        select count(*) from noted
        """;

    const string Claim = $"""
        with due as materialized (select subscription from {Table}
            where channel = $1 and due_at <= now() and (leased_until is null or leased_until < now()) and domain <> all($5) order by due_at limit $2 for update skip locked)
        update {Table} set leased_until = now() + $3, lease = $4 from due where {Table}.subscription = due.subscription
        returning {Table}.subscription, {Table}.failures, {Table}.failing_since, {Table}.domain
        """;

    /// <summary>With the version of the row that has what is to be said, so that what was masked since is not taken from memory.</summary>
    const string ReadWaiting = $"""
        select n.subscription, n.number, n.log, n.position, n.noted_at,
            case n.log when 1 then (select xmin from mt_doc_bulletin where id = n.position) else (select xmin from mt_doc_tradebulletin where id = n.position) end
        from unnest($1::uuid[]) its(subscription)
        cross join lateral (select * from {Notices} where subscription = its.subscription order by number limit $2) n
        """;

    /// <summary>
    /// Who waits for several rows has them in the order of subscriptions, here and wherever else several are changed, so that no two wait
    /// for each other.
    /// </summary>
    const string Renew = $"""
        with mine as materialized (select o.subscription from {Table} o join unnest($1::uuid[], $2::uuid[]) turn(subscription, lease) using (subscription, lease)
            order by o.subscription for update of o)
        update {Table} o set leased_until = now() + $3 from mine where o.subscription = mine.subscription returning o.subscription, o.lease
        """;

    const string Done = $"""
        delete from {Notices} n using unnest($1::uuid[], $2::bigint[]) done(subscription, number) where n.subscription = done.subscription and n.number = done.number
        """;

    /// <summary>Of a subscription that is there; an attempt that is kept already stays as it is.</summary>
    const string Note = $"""
        insert into {Attempts} (id, subscription, at, about, notices, outcome, status, milliseconds, fault)
        select * from jsonb_to_recordset($1) as a(id uuid, subscription uuid, at timestamptz, about text, notices text[], outcome text, status integer, milliseconds integer, fault text)
        where exists (select from mt_doc_subscription s where s.id = a.subscription) on conflict do nothing
        """;

    /// <summary>
    /// The rows are locked first, so that a bulletin that comes meanwhile waits and then finds them as they are afterwards.
    /// </summary>
    const string Lock = $"select 1 from {Table} where subscription = any($1) order by subscription for update";

    /// <summary>Who fails is remembered also while nothing waits. A turn that goes on keeps its lease.</summary>
    const string Release = $"""
        with turn as materialized (select t.*, exists (select from {Notices} n where n.subscription = t.subscription) as more,
                t.wait = interval '0' or t.failures = 0 and exists (select from {Notices} n where n.subscription = t.subscription and n.number > t.seen) as now
            from unnest($1::uuid[], $2::uuid[], $3::interval[], $4::integer[], $5::timestamptz[], $6::bigint[], $7::boolean[])
                t(subscription, lease, wait, failures, failing_since, seen, may_go_on)),
        gone as (delete from {Table} o using turn t where o.subscription = t.subscription and o.lease = t.lease and t.failing_since is null and not t.more)
        update {Table} o set failures = t.failures, failing_since = t.failing_since,
            due_at = case when not t.more then 'infinity' when t.now then now() else now() + t.wait end,
            leased_until = case when t.may_go_on and t.more and t.now then now() + $8 end
        from turn t where o.subscription = t.subscription and o.lease = t.lease and (t.more or t.failing_since is not null)
        returning o.subscription, o.lease, o.leased_until is not null
        """;

    readonly NpgsqlDataSource database;
    readonly IDocumentStore store;
    readonly DeliveryOptions options;
    readonly TimeProvider clock;
    readonly TimeSpan lease;
    readonly MemoryCache recent = new(new MemoryCacheOptions { SizeLimit = Recent });
    readonly RequestCoalescer<Guid, IReadOnlyList<PendingDelivery>> reads;
    readonly RequestCoalescer<(DeliveryLease Turn, Attempt Attempt, bool Keep), bool> records;
    readonly RequestCoalescer<(DeliveryLease Turn, TimeSpan Wait, long? Seen, bool MayGoOn), bool> releases;

    public Outbox(NpgsqlDataSource database, IDocumentStore store, DeliveryOptions options, TimeProvider clock)
    {
        (this.database, this.store, this.options, this.clock, lease) = (
            database,
            store,
            options,
            clock,
            TimeSpan.FromSeconds(options.LeaseSeconds)
        );
        (reads, records, releases) = (new(Together, ReadAsync), new(Together, RecordAsync), new(Together, ReleaseAsync));
    }

    public void Dispose()
    {
        recent.Dispose();
        reads.Dispose();
        records.Dispose();
        releases.Dispose();
    }

    public static void Configure(StoreOptions options)
    {
        var place = new Table($"{options.DatabaseSchemaName}.{FanOut}");
        place.AddColumn("log", "smallint").AsPrimaryKey();
        place.AddColumn<long>("position").NotNull();

        var notices = new Table($"{options.DatabaseSchemaName}.{Notices}");
        notices.AddColumn<Guid>("subscription").AsPrimaryKey();
        notices.AddColumn("log", "smallint").AsPrimaryKey();
        notices.AddColumn<long>("position").AsPrimaryKey();
        notices.AddColumn("number", "bigserial").NotNull();
        notices.AddColumn("noted_at", "timestamptz").NotNull().DefaultValueByExpression("now()");
        notices.Indexes.Add(new IndexDefinition("notice_number") { Columns = ["subscription", "number"] });

        var outbox = new Table($"{options.DatabaseSchemaName}.{Table}");
        outbox.AddColumn<Guid>("subscription").AsPrimaryKey();
        outbox.AddColumn<string>("channel").NotNull();
        outbox.AddColumn("due_at", "timestamptz").NotNull().DefaultValueByExpression("now()");
        outbox.AddColumn("leased_until", "timestamptz");
        outbox.AddColumn("lease", "uuid");
        outbox.AddColumn<int>("failures").NotNull().DefaultValueByExpression("0");
        outbox.AddColumn("failing_since", "timestamptz");
        outbox.AddColumn("domain", "text").NotNull().DefaultValueByExpression("''");
        outbox.Indexes.Add(new IndexDefinition("outbox_due") { Columns = ["channel", "due_at"] });

        var attempts = new Table($"{options.DatabaseSchemaName}.{Attempts}");
        attempts.AddColumn<Guid>("id").AsPrimaryKey();
        attempts.AddColumn<Guid>("subscription").NotNull();
        attempts.AddColumn("at", "timestamptz").NotNull();
        attempts.AddColumn<string>("about").NotNull();
        attempts.AddColumn("notices", "text[]").NotNull();
        attempts.AddColumn<string>("outcome").NotNull();
        attempts.AddColumn("status", "integer");
        attempts.AddColumn<int>("milliseconds").NotNull();
        attempts.AddColumn("fault", "text");
        attempts.Indexes.Add(new IndexDefinition("delivery_attempt_subscription") { Columns = ["subscription", "id"] });
        attempts.Indexes.Add(new IndexDefinition("delivery_attempt_at") { Columns = ["at"] });

        foreach (var table in new[] { place, notices, outbox, attempts })
        {
            options.Storage.ExtendedSchemaObjects.Add(table);
        }
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
            Rows.InBatch(Spread, (short)log, Json(bulletins.Select(b => new { position = b.Position, terms = b.Terms })))
        );
        batch.BatchCommands.Add(Rows.InBatch($"update {FanOut} set position = $2 where log = $1", (short)log, bulletins[^1].Position));
        batch.BatchCommands.Add(new($"notify {Due}"));
        await batch.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
        return bulletins.Count;

        async Task<long?> PlaceAsync()
        {
            await using var place = connection.Command(Place, (short)log);
            return await place.ExecuteScalarAsync(ct) as long?;
        }
    }

    async Task<IReadOnlyList<(long Position, string[] Terms)>> TermsAsync(Log log, long after, int page, CancellationToken ct)
    {
        await using var session = store.QuerySession();
        return log == Log.Public
            ?
            [
                .. (
                    await session.Query<Bulletin>().Where(b => b.Position > after).OrderBy(b => b.Position).Take(page).ToListAsync(ct)
                ).Select(b => (b.Position, Terms(b.Article))),
            ]
            :
            [
                .. (
                    await session.Query<TradeBulletin>().Where(b => b.Position > after).OrderBy(b => b.Position).Take(page).ToListAsync(ct)
                ).Select(b => (b.Position, Terms(LineItem.Of(b.Article)))),
            ];
    }

    /// <summary>What a dry run says is no part of everything.</summary>
    static string[] Terms(LineItem article) =>
        article.Id == DryRunArticle.Id ? [Topics.DryRun] : [Topics.Everything, .. Topics.Of(article)];

    /// <summary>Takes the turns that have come of a channel's subscriptions.</summary>
    /// <param name="lanes">Those of a domain that has its share under way already stay for later, here or elsewhere.</param>
    public async Task<IReadOnlyList<DeliveryLease>> ClaimAsync(string channel, int limit, Lanes lanes, CancellationToken ct)
    {
        var mine = Guid.CreateVersion7();
        while (true)
        {
            await using var claim = database.Command(Claim, channel, limit, lease, mine, lanes.Full());
            var claimed = (
                await claim.ListAsync(
                    row => new DeliveryLease(row.GetGuid(0), mine, row.GetInt32(1), row.ValueOrNull<DateTimeOffset>(2), row.GetString(3)),
                    ct
                )
            ).ToLookup(lease => lanes.TryEnter(lease.Domain));
            if (claimed[false].Any())
            {
                await using var back = database.Command(
                    $"update {Table} set leased_until = null where subscription = any($1) and lease = $2",
                    claimed[false].Select(lease => lease.Subscription).ToArray(),
                    mine
                );
                await back.ExecuteNonQueryAsync(ct);
            }
            if (claimed[true].Any() || !claimed[false].Any())
            {
                return [.. claimed[true]];
            }
        }
    }

    /// <summary>What waits for a subscription, in its order. What the log has no more is dropped: it is too old to be told.</summary>
    /// <returns>Notices of the same bulletin have the same object of it, whoever they are for.</returns>
    public Task<IReadOnlyList<PendingDelivery>> WaitingAsync(Guid subscription) => reads.AskAsync(subscription);

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
            default
        );
        var said = await SaidAsync([.. rows.Where(r => r.Row is not null).Select(r => (r.Log, r.Position, r.Row!.Value)).Distinct()]);
        var gone = rows.Where(r => !said.ContainsKey((r.Log, r.Position))).ToArray();
        if (gone.Length > 0)
        {
            await using var done = database.Command(Done, gone.Select(r => r.Subscription).ToArray(), gone.Select(r => r.Number).ToArray());
            await done.ExecuteNonQueryAsync();
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
    async Task<Dictionary<(Log, long), object>> SaidAsync(IReadOnlyList<(Log Log, long Position, uint Row)> wanted)
    {
        var said = new Dictionary<(Log, long), object>();
        foreach (var key in wanted)
        {
            if (recent.TryGetValue(key, out var bulletin))
            {
                said[(key.Log, key.Position)] = bulletin!;
            }
        }
        var unknown = wanted.Where(key => !said.ContainsKey((key.Log, key.Position))).ToArray();
        if (unknown.Length == 0)
        {
            return said;
        }
        await using var session = store.QuerySession();
        foreach (
            var bulletin in await session.LoadManyAsync<Bulletin>(
                unknown.Where(key => key.Log == Log.Public).Select(key => key.Position).ToArray()
            )
        )
        {
            said[(Log.Public, bulletin.Position)] = bulletin;
        }
        foreach (
            var bulletin in await session.LoadManyAsync<TradeBulletin>(
                unknown.Where(key => key.Log == Log.Trade).Select(key => key.Position).ToArray()
            )
        )
        {
            said[(Log.Trade, bulletin.Position)] = bulletin;
        }
        foreach (var key in unknown.Where(key => said.ContainsKey((key.Log, key.Position))))
        {
            recent.Set(key, said[(key.Log, key.Position)], new MemoryCacheEntryOptions { Size = 1 });
        }
        return said;
    }

    /// <summary>Notes bulletins of the public log again for one subscription, behind what waits for it.</summary>
    /// <returns>How many; those that wait already are not counted.</returns>
    public async Task<long> AgainAsync(Subscription subscription, IReadOnlyList<long> positions, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var again = connection.Command(Again, subscription.Id, subscription.Kind, (short)Log.Public, positions.ToArray());
        var noted = (long)(await again.ExecuteScalarAsync(ct))!;
        await using var notify = connection.Command($"notify {Due}");
        await notify.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
        return noted;
    }

    /// <summary>Letters, digits and <c>_</c>.</summary>
    public static string IdOf(Guid subscription, Log log, long position) => $"msg_{subscription:N}_{(short)log}_{position}";

    /// <summary>Stores what became of an attempt, and keeps the turn for the next one.</summary>
    /// <param name="keep">Whether the owner can look at it.</param>
    /// <returns>Whether the turn is still this instance's.</returns>
    public Task<bool> RecordAsync(DeliveryLease lease, Attempt attempt, bool keep) => records.AskAsync((lease, attempt, keep));

    async Task<IReadOnlyList<bool>> RecordAsync(IReadOnlyList<(DeliveryLease Turn, Attempt Attempt, bool Keep)> made)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(
            Rows.InBatch(Renew, made.Select(m => m.Turn.Subscription).ToArray(), made.Select(m => m.Turn.Lease).ToArray(), lease)
        );
        var done = made.Where(m => m.Attempt.Outcome is Outcome.Delivered or Outcome.Skipped)
            .SelectMany(m => m.Attempt.Notices, (m, delivery) => (m.Turn.Subscription, delivery.Number))
            .ToArray();
        batch.BatchCommands.Add(Rows.InBatch(Done, done.Select(d => d.Subscription).ToArray(), done.Select(d => d.Number).ToArray()));
        batch.BatchCommands.Add(
            Noting([
                .. made.Where(m => m.Keep && m.Attempt.Outcome is not (Outcome.Skipped or Outcome.Postponed))
                    .Select(m => (m.Turn.Subscription, View(AttemptLog.Delivery, [.. m.Attempt.Notices.Select(n => n.Id)], m.Attempt))),
            ])
        );
        var mine = await batch.ListAsync(row => (row.GetGuid(0), row.GetGuid(1)), default);
        return [.. made.Select(m => mine.Contains((m.Turn.Subscription, m.Turn.Lease)))];
    }

    /// <summary>Keeps an attempt that is about no notice, for the owner to look at.</summary>
    public async Task<AttemptView> NoteAsync(Guid subscription, string about, string message, Attempt attempt, CancellationToken ct)
    {
        var view = View(about, [message], attempt);
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { Noting([(subscription, view)]) } };
        await batch.ExecuteNonQueryAsync(ct);
        return view;
    }

    AttemptView View(string about, IReadOnlyList<string> messages, Attempt attempt)
    {
        var now = UtcTimes.Micros(clock.GetUtcNow());
        return new(
            Guid.CreateVersion7(now),
            now,
            about,
            messages,
            attempt.Outcome.ToString().ToLowerInvariant(),
            (int)Math.Min(attempt.Took.TotalMilliseconds, int.MaxValue),
            attempt.Status,
            attempt.Fault
        );
    }

    static NpgsqlBatchCommand Noting(IReadOnlyList<(Guid Subscription, AttemptView View)> attempts) =>
        Rows.InBatch(
            Note,
            Json(
                attempts.Select(a => new
                {
                    id = a.View.Id,
                    subscription = a.Subscription,
                    at = a.View.At,
                    about = a.View.About,
                    notices = a.View.Messages,
                    outcome = a.View.Outcome,
                    status = a.View.Status,
                    milliseconds = a.View.Milliseconds,
                    fault = a.View.Fault,
                })
            )
        );

    /// <summary>Gives notices up that were tried often enough.</summary>
    public async Task GiveUpAsync(Guid subscription, IReadOnlyList<PendingDelivery> notices, CancellationToken ct)
    {
        await using var done = database.Command(Done, notices.Select(_ => subscription).ToArray(), notices.Select(n => n.Number).ToArray());
        await done.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Nothing is told to who is not to be told any more.</summary>
    public async Task GiveUpAllAsync(Guid subscription, CancellationToken ct)
    {
        await using var done = database.Command($"delete from {Notices} where subscription = $1", subscription);
        await done.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Ends a turn; the next one comes after so long, if anything waits then.</summary>
    /// <param name="seen">The last number that the turn knew of: what came since does not wait for what was postponed. Null when all of it
    /// waits.</param>
    /// <param name="mayGoOn">Keeps the turn if more is due now.</param>
    /// <returns>Whether the turn goes on.</returns>
    public Task<bool> ReleaseAsync(DeliveryLease lease, TimeSpan wait, long? seen, bool mayGoOn) =>
        releases.AskAsync((lease, wait, seen, mayGoOn));

    async Task<IReadOnlyList<bool>> ReleaseAsync(IReadOnlyList<(DeliveryLease Turn, TimeSpan Wait, long? Seen, bool MayGoOn)> ended)
    {
        await using var connection = await database.OpenConnectionAsync();
        await using var transaction = await connection.BeginTransactionAsync();
        var subscriptions = ended.Select(e => e.Turn.Subscription).ToArray();
        await using (var lockRows = connection.Command(Lock, (object)subscriptions))
        {
            await lockRows.ExecuteNonQueryAsync();
        }
        List<(Guid, Guid, bool GoesOn)> kept;
        await using (
            var release = connection.Command(
                Release,
                subscriptions,
                ended.Select(e => e.Turn.Lease).ToArray(),
                ended.Select(e => e.Wait).ToArray(),
                ended.Select(e => e.Turn.Failures).ToArray(),
                ended.Select(e => e.Turn.FailingSince).ToArray(),
                ended.Select(e => e.Seen ?? long.MaxValue).ToArray(),
                ended.Select(e => e.MayGoOn).ToArray(),
                lease
            )
        )
        {
            kept = await release.ListAsync(row => (row.GetGuid(0), row.GetGuid(1), row.GetBoolean(2)), default);
        }
        await transaction.CommitAsync();
        return [.. ended.Select(e => kept.Contains((e.Turn.Subscription, e.Turn.Lease, true)))];
    }

    public async Task<DeliveryStanding> StandingAsync(Guid subscription, CancellationToken ct)
    {
        await using var read = database.Command(
            $"""
            select (select count(*) from {Notices} where subscription = $1), failures, failing_since, nullif(due_at, 'infinity')
            from (select 1) one left join {Table} on subscription = $1
            """,
            subscription
        );
        await using var row = await read.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        return new(row.GetInt64(0), row.ValueOrNull<int>(1) ?? 0, row.ValueOrNull<DateTimeOffset>(2), row.ValueOrNull<DateTimeOffset>(3));
    }

    /// <summary>A page of a subscription's attempts, the newest first.</summary>
    public async Task<IReadOnlyList<AttemptView>> AttemptsAsync(Guid subscription, Guid before, int limit, CancellationToken ct)
    {
        await using var read = database.Command(
            $"""
            select id, at, about, notices, outcome, status, milliseconds, fault from {Attempts} where subscription = $1 and id < $2 order by id desc limit $3
            """,
            subscription,
            before,
            limit
        );
        return await read.ListAsync(
            row => new AttemptView(
                row.GetGuid(0),
                row.GetFieldValue<DateTimeOffset>(1),
                row.GetString(2),
                row.GetFieldValue<string[]>(3),
                row.GetString(4),
                row.GetInt32(6),
                row.ValueOrNull<int>(5),
                row.IsDBNull(7) ? null : row.GetString(7)
            ),
            ct
        );
    }

    /// <summary>What was postponed is looked at again, since it may be to be told by now; what waits for a retry goes on waiting.</summary>
    public async Task WakeAsync(Guid subscription, CancellationToken ct)
    {
        await using var wake = database.Command(
            $"update {Table} set due_at = now() where subscription = $1 and failures = 0 and due_at > now()",
            subscription
        );
        await wake.ExecuteNonQueryAsync(ct);
    }

    /// <summary>In the caller's transaction: what waits for a subscription.</summary>
    /// <param name="attempts">Its attempts too.</param>
    public static async Task ForgetAsync(
        NpgsqlConnection connection,
        NpgsqlTransaction transaction,
        Guid subscription,
        bool attempts,
        CancellationToken ct
    )
    {
        foreach (var table in attempts ? [Table, Notices, Attempts] : new[] { Table, Notices })
        {
            await using var forget = connection.Command($"delete from {table} where subscription = $1", subscription);
            await forget.ExecuteNonQueryAsync(ct);
        }
    }

    /// <summary>Attempts that are too old to be looked at go, and of subscriptions that more waits for than is kept, the oldest.</summary>
    /// <returns>How many notices were given up.</returns>
    public async Task<int> TidyAsync(CancellationToken ct)
    {
        await using var attempts = database.Command(
            $"delete from {Attempts} where at < now() - $1",
            TimeSpan.FromDays(options.AttemptDays)
        );
        await attempts.ExecuteNonQueryAsync(ct);
        await using var many = database.Command(
            $"""
            delete from {Attempts} a using (select subscription from {Attempts} group by subscription having count(*) > $1) many
                cross join lateral (select id from {Attempts} where subscription = many.subscription order by id desc offset $1 limit 1) last
            where a.subscription = many.subscription and a.id <= last.id
            """,
            options.MaxAttempts
        );
        many.CommandTimeout = 0;
        await many.ExecuteNonQueryAsync(ct);
        // What is being recorded just now is left to the next time.
        await using var notices = database.Command(
            $"""
            with old as materialized (select n.ctid from (select subscription from {Notices} group by subscription having count(*) > $1) many
                cross join lateral (select number from {Notices} where subscription = many.subscription order by number desc offset $1 limit 1) last
                join {Notices} n on n.subscription = many.subscription and n.number <= last.number for update of n skip locked)
            delete from {Notices} n using old where n.ctid = old.ctid
            """,
            options.MaxWaiting
        );
        notices.CommandTimeout = 0;
        return await notices.ExecuteNonQueryAsync(ct);
    }

    /// <summary>By channel: subscriptions that something waits for, and for how long the longest has waited past its turn.</summary>
    public async Task<IReadOnlyList<(string Channel, long Waiting, double LateSeconds)>> StandingAsync(CancellationToken ct)
    {
        await using var count = database.Command(
            $"""
            select channel, count(*), greatest(extract(epoch from now() - min(due_at) filter (where leased_until is null or leased_until < now())), 0)::float8 from {Table}
            where due_at < 'infinity' group by channel
            """
        );
        return await count.ListAsync(row => (row.GetString(0), row.GetInt64(1), row.GetDouble(2)), ct);
    }

    /// <summary>Bulletins of both logs that are not spread yet.</summary>
    public async Task<long> UnspreadAsync(CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            $"select coalesce(sum(h.position - f.position), 0)::bigint from {FanOut} f join {BulletinLog.Heads} h on h.id = f.log"
        );
        return (long)(await command.ExecuteScalarAsync(ct))!;
    }

    static NpgsqlParameter Json(object value) =>
        new() { Value = System.Text.Json.JsonSerializer.Serialize(value), NpgsqlDbType = NpgsqlDbType.Jsonb };
}
