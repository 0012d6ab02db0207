using Marten;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.Notifications.Embargoes;
using NewsPlatform.Notifications.Subscriptions;
using Npgsql;
using NpgsqlTypes;
using Weasel.Postgresql.Tables;

namespace NewsPlatform.Notifications.Deliveries;

/// <summary>A subscription that this instance delivers to, until the lease ends.</summary>
/// <param name="Failures">In a row.</param>
/// <param name="FailingSince">When the first of them was.</param>
public sealed record Turn(Guid Subscription, int Failures, DateTimeOffset? FailingSince);

/// <summary>
/// What is still to be told to whom. <c>notice</c> has a row for each bulletin and subscription, <c>outbox</c> one for each subscription that something waits
/// for: when its turn is, and which instance has it. Leases and turns go by the database's clock, which all instances share.
/// </summary>
public sealed class Outbox(NpgsqlDataSource database, IDocumentStore store)
{
    /// <summary>PostgreSQL's channel that says that something waits.</summary>
    public const string Due = "outbox";

    const string Notices = "notice";
    const string Table = "outbox";
    const string Attempts = "delivery_attempt";
    const string FanOut = "fan_out";

    /// <summary>Locks the log's place for one instance; no row means that another one spreads just now.</summary>
    const string Place = $"select position from {FanOut} where log = $1 for update skip locked";

    /// <summary>A log that nobody has spread yet begins where it stands.</summary>
    const string Begin = $"insert into {FanOut} (log, position) select id, position from {BulletinLog.Heads} where id = $1 on conflict (log) do nothing";

    const string Spread = $"""
        with wanting as (select distinct subscription, channel from {Roster.Wants}
            where log = $1 and term = any($3) and terms <@ $3 and since < $2),
        noted as (insert into {Notices} (subscription, log, position) select subscription, $1, $2 from wanting order by subscription on conflict do nothing)
        insert into {Table} (subscription, channel) select subscription, channel from wanting order by subscription
        on conflict (subscription) do update set due_at = now() where {Table}.failures = 0 and {Table}.due_at > now()
        """;

    const string Claim = $"""
        update {Table} set leased_until = now() + $3 where subscription in (select subscription from {Table}
            where channel = $1 and due_at <= now() and (leased_until is null or leased_until < now()) order by due_at limit $2 for update skip locked)
        returning subscription, failures, failing_since
        """;

    const string ReadWaiting = $"select number, log, position, noted_at from {Notices} where subscription = $1 order by number limit $2";

    const string Renew = $"update {Table} set leased_until = now() + $2 where subscription = $1";

    const string Done = $"delete from {Notices} where subscription = $1 and number = any($2)";

    const string Note = $"insert into {Attempts} (subscription, notices, outcome, status, milliseconds, fault) values ($1, $2, $3, $4, $5, $6)";

    /// <summary>The row is locked first, so that a bulletin that comes meanwhile waits and then finds it as it is afterwards.</summary>
    const string Lock = $"select 1 from {Table} where subscription = $1 for update";

    const string Release = $"""
        with waiting as (select exists (select from {Notices} where subscription = $1) as any),
        gone as (delete from {Table} where subscription = $1 and not (select any from waiting))
        update {Table} set leased_until = null, failures = $3, failing_since = $4,
            due_at = case when $3 = 0 and exists (select from {Notices} where subscription = $1 and number > $5) then now() else now() + $2 end
        where subscription = $1 and (select any from waiting)
        """;

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
        outbox.AddColumn<int>("failures").NotNull().DefaultValueByExpression("0");
        outbox.AddColumn("failing_since", "timestamptz");
        outbox.Indexes.Add(new IndexDefinition("outbox_due") { Columns = ["channel", "due_at"] });

        var attempts = new Table($"{options.DatabaseSchemaName}.{Attempts}");
        attempts.AddColumn("number", "bigserial").AsPrimaryKey();
        attempts.AddColumn<Guid>("subscription").NotNull();
        attempts.AddColumn("at", "timestamptz").NotNull().DefaultValueByExpression("now()");
        attempts.AddColumn("notices", "text[]").NotNull();
        attempts.AddColumn<string>("outcome").NotNull();
        attempts.AddColumn("status", "integer");
        attempts.AddColumn<int>("milliseconds").NotNull();
        attempts.AddColumn("fault", "text");
        attempts.Indexes.Add(new IndexDefinition("delivery_attempt_subscription") { Columns = ["subscription", "number"] });
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
            await using var begin = Command(connection, transaction, Begin, (short)log);
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
        foreach (var (at, terms) in bulletins)
        {
            batch.BatchCommands.Add(BatchCommand(Spread, (short)log, at, terms));
        }
        batch.BatchCommands.Add(BatchCommand($"update {FanOut} set position = $2 where log = $1", (short)log, bulletins[^1].Position));
        batch.BatchCommands.Add(new($"notify {Due}"));
        await batch.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
        return bulletins.Count;

        async Task<long?> PlaceAsync()
        {
            await using var place = Command(connection, transaction, Place, (short)log);
            return await place.ExecuteScalarAsync(ct) as long?;
        }
    }

    async Task<IReadOnlyList<(long Position, string[] Terms)>> TermsAsync(Log log, long after, int page, CancellationToken ct)
    {
        await using var session = store.QuerySession();
        return log == Log.Public
            ? [.. (await session.Query<Bulletin>().Where(b => b.Position > after).OrderBy(b => b.Position).Take(page).ToListAsync(ct))
                .Select(b => (b.Position, (string[])[Roster.Everything, .. Stream.Topics.Of(b.Article)]))]
            : [.. (await session.Query<TradeBulletin>().Where(b => b.Position > after).OrderBy(b => b.Position).Take(page).ToListAsync(ct))
                .Select(b => (b.Position, (string[])[Roster.Everything, .. Stream.Topics.Of(Contracts.LineItem.Of(b.Article))]))];
    }

    /// <summary>Takes the turns that have come of a channel's subscriptions.</summary>
    public async Task<IReadOnlyList<Turn>> ClaimAsync(string channel, int limit, TimeSpan lease, CancellationToken ct)
    {
        await using var claim = Command(await database.OpenConnectionAsync(ct), null, Claim, channel, limit, lease);
        await using var connection = claim.Connection!;
        await using var row = await claim.ExecuteReaderAsync(ct);
        var turns = new List<Turn>();
        while (await row.ReadAsync(ct))
        {
            turns.Add(new(row.GetGuid(0), row.GetInt32(1), await row.IsDBNullAsync(2, ct) ? null : row.GetFieldValue<DateTimeOffset>(2)));
        }
        return turns;
    }

    /// <summary>What waits for a subscription, in its order. What the log has no more is dropped: it is too old to be told.</summary>
    public async Task<IReadOnlyList<Notice>> WaitingAsync(Guid subscription, int limit, CancellationToken ct)
    {
        var rows = new List<(long Number, Log Log, long Position, DateTimeOffset NotedAt)>();
        await using (var connection = await database.OpenConnectionAsync(ct))
        {
            await using var read = Command(connection, null, ReadWaiting, subscription, limit);
            await using var row = await read.ExecuteReaderAsync(ct);
            while (await row.ReadAsync(ct))
            {
                rows.Add((row.GetInt64(0), (Log)row.GetInt16(1), row.GetInt64(2), row.GetFieldValue<DateTimeOffset>(3)));
            }
        }
        if (rows.Count == 0)
        {
            return [];
        }
        await using var session = store.QuerySession();
        var bulletins = (await session.LoadManyAsync<Bulletin>(ct, rows.Where(r => r.Log == Log.Public).Select(r => r.Position).ToArray())).ToDictionary(b => b.Position);
        var trade = (await session.LoadManyAsync<TradeBulletin>(ct, rows.Where(r => r.Log == Log.Trade).Select(r => r.Position).ToArray())).ToDictionary(b => b.Position);
        var notices = rows.Select(r => new Notice(r.Number, IdOf(subscription, r.Log, r.Position), r.Log, r.Position, r.NotedAt,
            r.Log == Log.Public ? bulletins.GetValueOrDefault(r.Position) : null, r.Log == Log.Trade ? trade.GetValueOrDefault(r.Position) : null)).ToLookup(n => n.Bulletin is null && n.Trade is null);
        if (notices[true].Any())
        {
            await using var drop = await database.OpenConnectionAsync(ct);
            await using var done = Command(drop, null, Done, subscription, notices[true].Select(n => n.Number).ToArray());
            await done.ExecuteNonQueryAsync(ct);
        }
        return [.. notices[false]];
    }

    /// <summary>Letters, digits and <c>_</c>.</summary>
    public static string IdOf(Guid subscription, Log log, long position) => $"msg_{subscription:N}_{(short)log}_{position}";

    /// <summary>Stores what became of an attempt, and keeps the turn for the next one.</summary>
    /// <param name="keep">Whether the owner can look at it.</param>
    public async Task RecordAsync(Guid subscription, Attempt attempt, bool keep, TimeSpan lease, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var batch = new NpgsqlBatch(connection);
        if (attempt.Outcome is Outcome.Delivered or Outcome.Skipped)
        {
            batch.BatchCommands.Add(BatchCommand(Done, subscription, attempt.Notices.Select(n => n.Number).ToArray()));
        }
        if (keep && attempt.Outcome is not (Outcome.Skipped or Outcome.Postponed))
        {
            batch.BatchCommands.Add(BatchCommand(Note, subscription, attempt.Notices.Select(n => n.Id).ToArray(), attempt.Outcome.ToString().ToLowerInvariant(),
                attempt.Status, (int)Math.Min(attempt.Took.TotalMilliseconds, int.MaxValue), attempt.Fault));
        }
        batch.BatchCommands.Add(BatchCommand(Renew, subscription, lease));
        await batch.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Gives notices up that were tried often enough.</summary>
    public async Task GiveUpAsync(Guid subscription, IReadOnlyList<Notice> notices, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var done = Command(connection, null, Done, subscription, notices.Select(n => n.Number).ToArray());
        await done.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Nothing is told to who is not to be told any more.</summary>
    public async Task GiveUpAllAsync(Guid subscription, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var done = Command(connection, null, $"delete from {Notices} where subscription = $1", subscription);
        await done.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Ends a turn; the next one comes after so long, if anything waits then.</summary>
    /// <param name="seen">The last number that the turn knew of: what came since does not wait for what was postponed.</param>
    public async Task ReleaseAsync(Turn turn, TimeSpan wait, long seen, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using (var lockRow = Command(connection, transaction, Lock, turn.Subscription))
        {
            await lockRow.ExecuteNonQueryAsync(ct);
        }
        await using (var release = Command(connection, transaction, Release, turn.Subscription, wait, turn.Failures, turn.FailingSince, seen))
        {
            await release.ExecuteNonQueryAsync(ct);
        }
        await transaction.CommitAsync(ct);
    }

    /// <summary>What was postponed is looked at again, since it may be to be told by now; what waits for a retry goes on waiting.</summary>
    public async Task WakeAsync(Guid subscription, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var wake = Command(connection, null, $"update {Table} set due_at = now() where subscription = $1 and failures = 0 and due_at > now()", subscription);
        await wake.ExecuteNonQueryAsync(ct);
    }

    /// <summary>In the caller's transaction: what waits for a subscription.</summary>
    /// <param name="attempts">Its attempts too.</param>
    public static async Task ForgetAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, Guid subscription, bool attempts, CancellationToken ct)
    {
        foreach (var table in attempts ? [Table, Notices, Attempts] : new[] { Table, Notices })
        {
            await using var forget = Command(connection, transaction, $"delete from {table} where subscription = $1", subscription);
            await forget.ExecuteNonQueryAsync(ct);
        }
    }

    /// <summary>Attempts that are too old to be looked at go, and of subscriptions that more waits for than is kept, the oldest.</summary>
    public async Task TidyAsync(DeliveryOptions options, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var attempts = Command(connection, null, $"delete from {Attempts} where at < now() - $1", TimeSpan.FromDays(options.AttemptDays));
        await attempts.ExecuteNonQueryAsync(ct);
        await using var notices = Command(connection, null, $"""
            delete from {Notices} n using (select subscription, number, row_number() over (partition by subscription order by number desc) as place from {Notices}) old
            where old.place > $1 and n.subscription = old.subscription and n.number = old.number
            """, options.MaxWaiting);
        notices.CommandTimeout = 0;
        await notices.ExecuteNonQueryAsync(ct);
    }

    /// <summary>By channel: subscriptions that something waits for, and for how long the longest has waited past its turn.</summary>
    public async Task<IReadOnlyList<(string Channel, long Waiting, double LateSeconds)>> StandingAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var count = Command(connection, null, $"select channel, count(*), greatest(extract(epoch from now() - min(due_at)), 0)::float8 from {Table} group by channel");
        await using var row = await count.ExecuteReaderAsync(ct);
        var found = new List<(string, long, double)>();
        while (await row.ReadAsync(ct))
        {
            found.Add((row.GetString(0), row.GetInt64(1), row.GetDouble(2)));
        }
        return found;
    }

    static NpgsqlCommand Command(NpgsqlConnection connection, NpgsqlTransaction? transaction, string sql, params object?[] values)
    {
#pragma warning disable CA2100 // The statements above.
        var command = new NpgsqlCommand(sql, connection, transaction);
#pragma warning restore CA2100
        foreach (var value in values)
        {
            command.Parameters.Add(Parameter(value));
        }
        return command;
    }

    static NpgsqlBatchCommand BatchCommand(string sql, params object?[] values)
    {
        var command = new NpgsqlBatchCommand(sql);
        foreach (var value in values)
        {
            command.Parameters.Add(Parameter(value));
        }
        return command;
    }

    static NpgsqlParameter Parameter(object? value) => value switch
    {
        null => new() { Value = DBNull.Value },
        DateTimeOffset time => new() { Value = time, NpgsqlDbType = NpgsqlDbType.TimestampTz },
        _ => new() { Value = value },
    };
}
