using Marten;
using NewsPlatform.Contracts;
using NewsPlatform.Publishing.Broker;
using NewsPlatform.ServiceDefaults;
using Npgsql;
using Weasel.Postgresql.Tables;

namespace NewsPlatform.Publishing.Keys;

/// <summary>
/// Tells the other services of every key, at least once: the newest version of each until the broker has confirmed it, and all of them
/// once more whenever an instance starts, so that a service that is new or was restored has them too. Apart from the relay of articles,
/// so that a key that is revoked need not wait behind an import; and by every instance, since a version that is not newer changes nothing.
/// </summary>
public sealed class KeyRelay(IDocumentStore store, NpgsqlDataSource database, MessagingOptions messaging, ILogger<KeyRelay> log)
    : BackgroundService
{
    const int Page = 100;
    const string Waiting = """
        where d.mt_version > coalesce((select a.version from key_announced a where a.key_id = d.id), 0)
        order by d.mt_last_modified limit ?
        """;

    const string Announce = """
        insert into key_announced (key_id, version) select * from unnest($1, $2)
        on conflict (key_id) do update set version = greatest(key_announced.version, excluded.version)
        """;

    readonly ConfirmedChannel channel = new(messaging, "publishing keys");
    bool begun;

    public static void Configure(StoreOptions options)
    {
        var announced = new Table("public.key_announced");
        announced.AddColumn<Guid>("key_id").AsPrimaryKey();
        announced.AddColumn<long>("version").NotNull();
        options.Storage.ExtendedSchemaObjects.Add(announced);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await PostgresListener.ListenAsync(database, KeyRing.Changed, RelayAsync, log, stoppingToken);
        await channel.DisposeAsync();
    }

    async Task RelayAsync(CancellationToken ct)
    {
        if (!begun)
        {
            // What is declared on the broker is there from the start, for third parties to bind to, though nothing was published yet.
            await SendAsync([], ct);
            await using var forget = database.CreateCommand("delete from key_announced");
            await forget.ExecuteNonQueryAsync(ct);
            begun = true;
        }
        IReadOnlyList<KeyChanged> waiting;
        do
        {
            await using var session = store.QuerySession();
            waiting = await session.QueryAsync<KeyChanged>(Waiting, ct, Page);
            if (waiting.Count > 0)
            {
                await SendAsync(waiting, ct);
                await using var announce = database.CreateCommand(Announce);
                announce.Parameters.Add(new() { Value = waiting.Select(key => key.KeyId).ToArray() });
                announce.Parameters.Add(new() { Value = waiting.Select(key => key.Version).ToArray() });
                await announce.ExecuteNonQueryAsync(ct);
            }
        } while (waiting.Count == Page);
    }

    Task SendAsync(IReadOnlyList<KeyChanged> keys, CancellationToken ct) =>
        channel.SendAsync(
            keys,
            (open, key, cancel) =>
                open.PublishAsync(new(Topology.Keys, Topology.KeyChanged, key), Guid.CreateVersion7(), key.ChangedAt, cancel),
            ct
        );
}
