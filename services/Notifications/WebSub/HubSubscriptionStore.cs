using Marten;
using NewsPlatform.Notifications.Outbound;
using NewsPlatform.ServiceDefaults;
using Npgsql;
using Weasel.Postgresql.Tables;

namespace NewsPlatform.Notifications.WebSub;

/// <summary>
/// What the hub knows of its subscriptions besides what they say of themselves: in which domains they are, and what content they have.
/// </summary>
public sealed class HubSubscriptionStore(NpgsqlDataSource database, OutboundOptions outbound)
{
    const string Table = "websub";

    public static void Configure(StoreOptions options)
    {
        var table = new Table($"{options.DatabaseSchemaName}.{Table}");
        table.AddColumn<Guid>("id").AsPrimaryKey();
        table.AddColumn<string>("host").NotNull();
        table.AddColumn("digest", "text");
        table.Indexes.Add(new IndexDefinition("websub_host") { Columns = ["host"] });
        options.Storage.ExtendedSchemaObjects.Add(table);
    }

    /// <summary>Enters a subscription, unless there would be too many on its host or altogether; one that is in already may stay.</summary>
    /// <returns>Why not; null when it is in.</returns>
    public async Task<string?> EnterAsync(Guid id, string host, WebSubOptions options, CancellationToken ct)
    {
        if (await FullAsync(id, host, options, ct) is { } full)
        {
            return full;
        }
        await using var enter = database.Command(
            $"insert into {Table} (id, host) values ($1, $2) on conflict (id) do update set host = excluded.host",
            id,
            Domains.Of(host, outbound)
        );
        await enter.ExecuteNonQueryAsync(ct);
        return null;
    }

    /// <returns>Why one more would be too many; null when it would not.</returns>
    public async Task<string?> FullAsync(Guid id, string host, WebSubOptions options, CancellationToken ct)
    {
        await using var count = database.Command(
            $"""
            select exists (select from {Table} where id = $1), (select count(*) from {Table} where host = $2),
                (select count(*) from {Table})
            """,
            id,
            Domains.Of(host, outbound)
        );
        await using var row = await count.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        return row.GetBoolean(0) ? null
            : row.GetInt64(1) >= options.MaxPerHost
                ? $"there are {options.MaxPerHost} subscriptions on {host} and the hosts beside it, and no more are taken"
            : row.GetInt64(2) >= options.MaxTotal ? "the hub has as many subscriptions as it takes"
            : null;
    }

    /// <summary>The digest of the content that was distributed last; null when none was.</summary>
    public async Task<string?> SentAsync(Guid id, CancellationToken ct)
    {
        await using var read = database.Command($"select digest from {Table} where id = $1", id);
        return await read.ExecuteScalarAsync(ct) as string;
    }

    public async Task SentAsync(Guid id, string digest, CancellationToken ct)
    {
        await using var write = database.Command($"update {Table} set digest = $2 where id = $1", id, digest);
        await write.ExecuteNonQueryAsync(ct);
    }

    public async Task LeaveAsync(Guid id, CancellationToken ct)
    {
        await using var leave = database.Command($"delete from {Table} where id = $1", id);
        await leave.ExecuteNonQueryAsync(ct);
    }
}
