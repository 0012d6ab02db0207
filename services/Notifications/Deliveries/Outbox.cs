using NewsPlatform.Notifications.Outbound;
using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Notifications.Deliveries;

/// <summary>
/// The turns of subscriptions that something waits for, each of which one instance has at a time. Leases and turns go by the database's
/// clock, which all instances share. What the turns of many subscriptions record at once is one round trip and one commit for all of them.
/// </summary>
public sealed class Outbox : IPendingDeliveries, IDisposable
{
    /// <summary>The SQL that asks whether a turn of a channel has come.</summary>
    public static string Due(string channel) =>
        $"""
            select from {DeliveryTables.Outbox}
            where channel = '{channel}' and due_at <= now() and (leased_until is null or leased_until < now())
            """;

    /// <summary>Turns that are recorded in one round trip.</summary>
    const int Together = 200;

    const string Claim = $"""
        with due as materialized (select subscription from {DeliveryTables.Outbox}
            where channel = $1 and due_at <= now() and (leased_until is null or leased_until < now()) and domain <> all($5)
            order by due_at limit $2 for update skip locked)
        update {DeliveryTables.Outbox} o set leased_until = now() + $3, lease = $4 from due where o.subscription = due.subscription
        returning o.subscription, o.failures, o.failing_since, o.domain
        """;

    /// <summary>
    /// The turns that are still this instance's. A lease is made longer when a tenth of it has gone: to write a row for each attempt would
    /// cost as much as to strike out what was delivered. Who waits for several rows has them in the order of subscriptions, here and
    /// wherever else several are changed, so that no two wait for each other.
    /// </summary>
    const string Renew = $"""
        with mine as materialized (select o.subscription, o.lease, o.leased_until < now() + 0.9 * $3 as ages from {DeliveryTables.Outbox} o
            join unnest($1::uuid[], $2::uuid[]) turn(subscription, lease) using (subscription, lease)),
        aging as materialized (select o.subscription from {DeliveryTables.Outbox} o join mine using (subscription, lease)
            where mine.ages order by o.subscription for update of o),
        renewed as (update {DeliveryTables.Outbox} o set leased_until = now() + $3 from aging where o.subscription = aging.subscription)
        select subscription, lease from mine
        """;

    /// <summary>
    /// The rows are locked first, so that a bulletin that comes meanwhile waits and then finds them as they are afterwards.
    /// </summary>
    const string Lock = $"select 1 from {DeliveryTables.Outbox} where subscription = any($1) order by subscription for update";

    /// <summary>Who fails is remembered also while nothing waits. A turn that goes on keeps its lease.</summary>
    const string Release = $"""
        with turn as materialized (select t.*,
                exists (select from {DeliveryTables.Notices} n where n.subscription = t.subscription) as more,
                t.wait = interval '0' or t.failures = 0
                    and exists (select from {DeliveryTables.Notices} n where n.subscription = t.subscription and n.number > t.seen) as now
            from unnest($1::uuid[], $2::uuid[], $3::interval[], $4::integer[], $5::timestamptz[], $6::bigint[], $7::boolean[])
                t(subscription, lease, wait, failures, failing_since, seen, may_go_on)),
        gone as (delete from {DeliveryTables.Outbox} o using turn t
            where o.subscription = t.subscription and o.lease = t.lease and t.failing_since is null and not t.more)
        update {DeliveryTables.Outbox} o set failures = t.failures, failing_since = t.failing_since,
            due_at = case when not t.more then 'infinity' when t.now then now() else now() + t.wait end,
            leased_until = case when t.may_go_on and t.more and t.now then now() + $8 end
        from turn t where o.subscription = t.subscription and o.lease = t.lease and (t.more or t.failing_since is not null)
        returning o.subscription, o.lease, o.leased_until is not null
        """;

    readonly NpgsqlDataSource database;
    readonly AttemptLog attempts;
    readonly TimeSpan lease;
    readonly RequestCoalescer<(DeliveryLease Turn, Attempt Attempt, bool Keep), bool> records;
    readonly RequestCoalescer<(DeliveryLease Turn, TimeSpan Wait, long? Seen, bool MayGoOn), bool> releases;

    public Outbox(NpgsqlDataSource database, AttemptLog attempts, DeliveryOptions options)
    {
        (this.database, this.attempts, lease) = (database, attempts, TimeSpan.FromSeconds(options.LeaseSeconds));
        (records, releases) = (new(Together, RecordAsync), new(Together, ReleaseAsync));
    }

    public void Dispose()
    {
        records.Dispose();
        releases.Dispose();
    }

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
                await ExecuteAsync(
                    $"update {DeliveryTables.Outbox} set leased_until = null where subscription = any($1) and lease = $2",
                    ct,
                    claimed[false].Select(lease => lease.Subscription).ToArray(),
                    mine
                );
            }
            if (claimed[true].Any() || !claimed[false].Any())
            {
                return [.. claimed[true]];
            }
        }
    }

    /// <summary>Stores what became of an attempt, and keeps the turn for the next one.</summary>
    /// <param name="keep">Whether the owner can look at it.</param>
    /// <returns>Whether the turn is still this instance's.</returns>
    /// <remarks>It cannot be canceled: what was delivered is struck out also when the service stops, or it is delivered twice.</remarks>
    public Task<bool> RecordAsync(DeliveryLease lease, Attempt attempt, bool keep) => records.AskAsync((lease, attempt, keep));

    /// <remarks>No cancellation is passed on here: these are the records of many turns, of which none may end it for the others.</remarks>
    async Task<IReadOnlyList<bool>> RecordAsync(IReadOnlyList<(DeliveryLease Turn, Attempt Attempt, bool Keep)> made)
    {
        await using var connection = await database.OpenConnectionAsync(CancellationToken.None);
        await using var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(
            Rows.InBatch(Renew, made.Select(m => m.Turn.Subscription).ToArray(), made.Select(m => m.Turn.Lease).ToArray(), lease)
        );
        var done = made.Where(m => m.Attempt.Outcome is Outcome.Delivered or Outcome.Skipped)
            .SelectMany(m => m.Attempt.Notices, (m, delivery) => (m.Turn.Subscription, delivery.Number))
            .ToArray();
        batch.BatchCommands.Add(
            Rows.InBatch(DeliveryTables.StrikeOut, done.Select(d => d.Subscription).ToArray(), done.Select(d => d.Number).ToArray())
        );
        batch.BatchCommands.Add(
            attempts.InBatch(
                made.Where(m => m.Keep && m.Attempt.Outcome is not (Outcome.Skipped or Outcome.Postponed))
                    .Select(m => (m.Turn.Subscription, m.Attempt))
            )
        );
        var mine = await batch.ListAsync(row => (row.GetGuid(0), row.GetGuid(1)), CancellationToken.None);
        return [.. made.Select(m => mine.Contains((m.Turn.Subscription, m.Turn.Lease)))];
    }

    /// <summary>Gives notices up that were tried often enough.</summary>
    public Task GiveUpAsync(Guid subscription, IReadOnlyList<PendingDelivery> notices, CancellationToken ct) =>
        ExecuteAsync(DeliveryTables.StrikeOut, ct, notices.Select(_ => subscription).ToArray(), notices.Select(n => n.Number).ToArray());

    /// <summary>Nothing is told to who is not to be told any more.</summary>
    public Task GiveUpAllAsync(Guid subscription, CancellationToken ct) =>
        ExecuteAsync($"delete from {DeliveryTables.Notices} where subscription = $1", ct, subscription);

    /// <summary>Ends a turn; the next one comes after so long, if anything waits then.</summary>
    /// <param name="seen">The last number that the turn knew of: what came since does not wait for what was postponed. Null when all of it
    /// waits.</param>
    /// <param name="mayGoOn">Keeps the turn if more is due now.</param>
    /// <returns>Whether the turn goes on.</returns>
    /// <remarks>It cannot be canceled: a turn is given back also when the service stops, or the others wait until its lease ends.</remarks>
    public Task<bool> ReleaseAsync(DeliveryLease lease, TimeSpan wait, long? seen, bool mayGoOn) =>
        releases.AskAsync((lease, wait, seen, mayGoOn));

    /// <remarks>No cancellation is passed on here: many turns end in it, of which none may end it for the others.</remarks>
    async Task<IReadOnlyList<bool>> ReleaseAsync(IReadOnlyList<(DeliveryLease Turn, TimeSpan Wait, long? Seen, bool MayGoOn)> ended)
    {
        await using var connection = await database.OpenConnectionAsync(CancellationToken.None);
        await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
        var subscriptions = ended.Select(e => e.Turn.Subscription).ToArray();
        await using (var lockRows = connection.Command(Lock, (object)subscriptions))
        {
            await lockRows.ExecuteNonQueryAsync(CancellationToken.None);
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
            kept = await release.ListAsync(row => (row.GetGuid(0), row.GetGuid(1), row.GetBoolean(2)), CancellationToken.None);
        }
        await transaction.CommitAsync(CancellationToken.None);
        return [.. ended.Select(e => kept.Contains((e.Turn.Subscription, e.Turn.Lease, true)))];
    }

    public async Task<DeliveryStanding> StandingAsync(Guid subscription, CancellationToken ct)
    {
        await using var read = database.Command(
            $"""
            select (select count(*) from {DeliveryTables.Notices} where subscription = $1), failures, failing_since,
                nullif(due_at, 'infinity')
            from (select 1) one left join {DeliveryTables.Outbox} on subscription = $1
            """,
            subscription
        );
        await using var row = await read.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        return new(row.GetInt64(0), row.ValueOrNull<int>(1) ?? 0, row.ValueOrNull<DateTimeOffset>(2), row.ValueOrNull<DateTimeOffset>(3));
    }

    /// <summary>What was postponed is looked at again, since it may be to be told by now; what waits for a retry goes on waiting.</summary>
    public Task WakeAsync(Guid subscription, CancellationToken ct) =>
        ExecuteAsync(
            $"update {DeliveryTables.Outbox} set due_at = now() where subscription = $1 and failures = 0 and due_at > now()",
            ct,
            subscription
        );

    public async Task ForgetAsync(NpgsqlConnection connection, Guid subscription, bool attempts, CancellationToken ct)
    {
        string[] waiting = [DeliveryTables.Outbox, DeliveryTables.Notices];
        foreach (var table in attempts ? [.. waiting, DeliveryTables.Attempts] : waiting)
        {
            await using var forget = connection.Command($"delete from {table} where subscription = $1", subscription);
            await forget.ExecuteNonQueryAsync(ct);
        }
    }

    async Task ExecuteAsync(string sql, CancellationToken ct, params object[] values)
    {
        await using var command = database.Command(sql, values);
        await command.ExecuteNonQueryAsync(ct);
    }
}
