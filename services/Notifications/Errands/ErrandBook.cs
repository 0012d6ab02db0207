using Marten;
using NewsPlatform.ServiceDefaults;
using Npgsql;
using Weasel.Postgresql.Tables;

namespace NewsPlatform.Notifications.Errands;

/// <summary>The errands that are to be run, until they are done. Leases and times go by the database's clock, which all instances share.</summary>
public sealed class ErrandBook(NpgsqlDataSource database)
{
    /// <summary>PostgreSQL's channel that says that there is something to run.</summary>
    public const string Due = "errand";

    const string Table = "errand";

    /// <summary>One that runs just now keeps its lease, so that the new one is not run beside it.</summary>
    const string Give = $"""
        insert into {Table} (kind, id, data, stamp, due_at) values ($1, $2, $3, $4, now() + $5)
        on conflict (kind, id) do update set data = excluded.data, stamp = excluded.stamp, due_at = excluded.due_at, failures = 0
        """;

    const string Claim = $"""
        update {Table} set leased_until = now() + $3 where kind = $1 and id in (select id from {Table}
            where kind = $1 and due_at <= now() and (leased_until is null or leased_until < now()) order by due_at limit $2 for update skip locked)
        returning id, data, failures, stamp
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
        table.Indexes.Add(new IndexDefinition("errand_due") { Columns = ["kind", "due_at"] });
        options.Storage.ExtendedSchemaObjects.Add(table);
    }

    /// <summary>Gives an errand; one of the same kind and id that waits is replaced by it.</summary>
    public async Task GiveAsync(string kind, Guid id, string data, CancellationToken ct, TimeSpan wait = default)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(Rows.InBatch(Give, kind, id, data, Guid.CreateVersion7(), wait));
        batch.BatchCommands.Add(new($"notify {Due}"));
        await batch.ExecuteNonQueryAsync(ct);
    }

    public async Task<IReadOnlyList<Errand>> ClaimAsync(string kind, int limit, TimeSpan lease, CancellationToken ct)
    {
        await using var claim = database.Command(Claim, kind, limit, lease);
        return await claim.ListAsync(row => new Errand(row.GetGuid(0), row.GetString(1), row.GetInt32(2), row.GetGuid(3)), ct);
    }

    /// <summary>Strikes it out, or has it run again; what was given anew meanwhile stays as it was given.</summary>
    public async Task EndAsync(string kind, Errand errand, Again? again, CancellationToken ct)
    {
        await using var batch = database.CreateBatch();
        batch.BatchCommands.Add(again is null
            ? Rows.InBatch($"delete from {Table} where kind = $1 and id = $2 and stamp = $3", kind, errand.Id, errand.Stamp)
            : Rows.InBatch($"update {Table} set due_at = now() + $4, failures = $5 where kind = $1 and id = $2 and stamp = $3",
                kind, errand.Id, errand.Stamp, again.Wait, again.Failed ? errand.Failures + 1 : 0));
        batch.BatchCommands.Add(Rows.InBatch($"update {Table} set leased_until = null where kind = $1 and id = $2", kind, errand.Id));
        await batch.ExecuteNonQueryAsync(ct);
    }
}
