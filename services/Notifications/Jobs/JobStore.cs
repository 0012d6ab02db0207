using Marten;
using NewsPlatform.Notifications.Due;
using NewsPlatform.Notifications.Outbound;
using NewsPlatform.ServiceDefaults;
using Npgsql;
using Weasel.Postgresql.Tables;

namespace NewsPlatform.Notifications.Jobs;

/// <summary>
/// The jobs that are to be run, until they are done. Leases and times go by the database's clock, which all instances share.
/// </summary>
public sealed class JobStore(NpgsqlDataSource database)
{
    /// <summary>The SQL that asks whether the time of a job of a kind has come.</summary>
    public static string Due(string kind) =>
        $"select from {Table} where kind = '{kind}' and due_at <= now() and (leased_until is null or leased_until < now())";

    const string Table = "errand";

    /// <summary>One that runs just now keeps its lease, so that the new one is not run beside it.</summary>
    const string Give = $"""
        insert into {Table} (kind, id, data, stamp, due_at, domain) values ($1, $2, $3, $4, now() + $5, $6)
        on conflict (kind, id) do update
            set data = excluded.data, stamp = excluded.stamp, due_at = excluded.due_at, failures = 0, domain = excluded.domain
        """;

    const string GiveUnlessPending = $"""
        insert into {Table} (kind, id, data, stamp, due_at, domain, failures) values ($1, $2, $3, $4, now(), $5, $6)
        on conflict (kind, id) do nothing
        """;

    const string Claim = $"""
        update {Table} set leased_until = now() + $3 where kind = $1 and id in (select id from {Table}
            where kind = $1 and due_at <= now() and (leased_until is null or leased_until < now())
            order by due_at limit $2 for update skip locked)
        returning id, data, failures, stamp, domain
        """;

    /// <summary>
    /// The same where one domain after the other has its turn, and one that has as many under way as it may have is passed over.
    /// </summary>
    const string ClaimByDomain = $"""
        with turns as materialized (select e.id, e.due_at,
                row_number() over (partition by e.domain order by e.due_at, e.id) + coalesce(now.running, 0) as turn
            from {Table} e left join unnest($4::text[], $5::integer[]) now(domain, running) on now.domain = e.domain
            where e.kind = $1 and e.due_at <= now() and (e.leased_until is null or e.leased_until < now())),
        picked as (select id from turns where turn <= $6 order by turn, due_at limit $2),
        due as materialized (select e.id from {Table} e join picked using (id)
            where e.kind = $1 and e.due_at <= now() and (e.leased_until is null or e.leased_until < now())
            order by e.id for update of e skip locked)
        update {Table} e set leased_until = now() + $3 from due where e.kind = $1 and e.id = due.id
        returning e.id, e.data, e.failures, e.stamp, e.domain
        """;

    public static void Configure(StoreOptions options)
    {
        var table = new Table($"{options.DatabaseSchemaName}.{Table}");
        table.AddColumn<string>("kind").AsPrimaryKey();
        table.AddColumn<Guid>("id").AsPrimaryKey();
        table.AddColumn<string>("data").NotNull();
        table.AddColumn<Guid>("stamp").NotNull();
        table.AddColumn("due_at", "timestamptz").NotNull();
        table.AddColumn("leased_until", "timestamptz");
        table.AddColumn<int>("failures").NotNull().DefaultValueByExpression("0");
        table.AddColumn("domain", "text").NotNull().DefaultValueByExpression("''");
        table.Indexes.Add(new IndexDefinition("errand_due") { Columns = ["kind", "due_at"] });
        options.Storage.ExtendedSchemaObjects.Add(table);
    }

    /// <summary>Gives a job; one of the same kind and id that waits is replaced by it.</summary>
    /// <param name="domain">That it calls.</param>
    public Task AddAsync(string kind, Guid id, string data, CancellationToken ct, TimeSpan wait = default, string domain = "") =>
        AddAsync(Rows.InBatch(Give, kind, id, data, Guid.CreateVersion7(), wait, domain), ct);

    /// <summary>Gives a job to be run at once, unless one of the same kind and id waits or runs already.</summary>
    /// <param name="domain">That it calls.</param>
    /// <param name="failures">In a row before.</param>
    public Task AddUnlessPendingAsync(string kind, Guid id, string data, string domain, CancellationToken ct, int failures = 0) =>
        AddAsync(Rows.InBatch(GiveUnlessPending, kind, id, data, Guid.CreateVersion7(), domain, failures), ct);

    async Task AddAsync(NpgsqlBatchCommand give, CancellationToken ct)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(give);
        batch.BatchCommands.Add(new($"notify {DueWork.Channel}"));
        await batch.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Whether the same one is to be run already, and how many of its kind are.</summary>
    public async Task<(bool Same, long All)> PendingAsync(string kind, Guid id, string data, CancellationToken ct)
    {
        await using var read = database.Command(
            $"""
            select exists (select from {Table} where kind = $1 and id = $2 and data = $3),
                (select count(*) from {Table} where kind = $1)
            """,
            kind,
            id,
            data
        );
        return (await read.ListAsync(row => (row.GetBoolean(0), row.GetInt64(1)), ct))[0];
    }

    /// <param name="lanes">What runs already of each domain, where there is a share for each.</param>
    public async Task<IReadOnlyList<Job>> ClaimAsync(string kind, int limit, TimeSpan lease, Lanes? lanes, CancellationToken ct)
    {
        var (domains, running) = lanes?.Now() ?? default;
        await using var claim = lanes is null
            ? database.Command(Claim, kind, limit, lease)
            : database.Command(ClaimByDomain, kind, limit, lease, domains, running, lanes.Most);
        var claimed = await claim.ListAsync(
            row => new Job(row.GetGuid(0), row.GetString(1), row.GetInt32(2), row.GetGuid(3), row.GetString(4)),
            ct
        );
        claimed.ForEach(job => lanes?.Enter(job.Domain));
        return claimed;
    }

    /// <summary>Strikes it out, or has it run again; what was given anew meanwhile stays as it was given.</summary>
    public async Task EndAsync(string kind, Job job, Retry? retry, CancellationToken ct)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(
            retry is null
                ? Rows.InBatch($"delete from {Table} where kind = $1 and id = $2 and stamp = $3", kind, job.Id, job.Stamp)
                : Rows.InBatch(
                    $"update {Table} set due_at = now() + $4, failures = $5 where kind = $1 and id = $2 and stamp = $3",
                    kind,
                    job.Id,
                    job.Stamp,
                    retry.Wait,
                    !retry.Counts ? job.Failures
                        : retry.Failed ? job.Failures + 1
                        : 0
                )
        );
        batch.BatchCommands.Add(Rows.InBatch($"update {Table} set leased_until = null where kind = $1 and id = $2", kind, job.Id));
        await batch.ExecuteNonQueryAsync(ct);
    }
}
