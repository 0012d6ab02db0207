using System.Text.Json;
using Marten;
using NewsPlatform.Contracts;
using NewsPlatform.ServiceDefaults;
using Npgsql;
using RabbitMQ.Client;
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
    const string Waiting =
        "where d.mt_version > coalesce((select a.version from key_announced a where a.key_id = d.id), 0) order by d.mt_last_modified limit ?";

    const string Announce = """
        insert into key_announced (key_id, version) select * from unnest($1, $2)
        on conflict (key_id) do update set version = greatest(key_announced.version, excluded.version)
        """;

    static readonly TimeSpan confirmTimeout = TimeSpan.FromSeconds(10);
    static readonly string[] messageType = ["urn:message:NewsPlatform.Contracts:KeyChanged"];
    bool begun;
    IConnection? connection;
    IChannel? channel;

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
        await CloseAsync();
    }

    async Task RelayAsync(CancellationToken ct)
    {
        if (!begun)
        {
            // What is declared on the broker is there from the start, for third parties to bind to, though nothing was published yet.
            await PublishAsync([], ct);
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
                await PublishAsync(waiting, ct);
                await using var announce = database.CreateCommand(Announce);
                announce.Parameters.Add(new() { Value = waiting.Select(key => key.KeyId).ToArray() });
                announce.Parameters.Add(new() { Value = waiting.Select(key => key.Version).ToArray() });
                await announce.ExecuteNonQueryAsync(ct);
            }
        } while (waiting.Count == Page);
    }

    /// <summary>Returns when the broker has confirmed all of them; a fault throws the connection away.</summary>
    async Task PublishAsync(IReadOnlyList<KeyChanged> keys, CancellationToken ct)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(confirmTimeout);
        try
        {
            var open = await OpenAsync(timeout.Token);
            foreach (var key in keys)
            {
                var id = Guid.CreateVersion7();
                var body = JsonSerializer.SerializeToUtf8Bytes(
                    new
                    {
                        messageId = id,
                        conversationId = id,
                        messageType,
                        message = key,
                        sentTime = key.ChangedAt,
                    },
                    JsonSerializerOptions.Web
                );
                await open.BasicPublishAsync(
                    Topology.Keys,
                    Topology.KeyChanged,
                    mandatory: true,
                    new BasicProperties
                    {
                        MessageId = id.ToString(),
                        ContentType = "application/vnd.masstransit+json",
                        DeliveryMode = DeliveryModes.Persistent,
                    },
                    body,
                    timeout.Token
                );
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            await CloseAsync();
            throw new TimeoutException("the broker does not confirm");
        }
        catch
        {
            await CloseAsync();
            throw;
        }
    }

    async Task<IChannel> OpenAsync(CancellationToken ct)
    {
        if (channel is { IsOpen: true })
        {
            return channel;
        }
        await CloseAsync();
        connection = await messaging.ConnectionFactory("publishing keys").CreateConnectionAsync(ct);
        channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true),
            ct
        );
        await Messaging.DeclareTopologyAsync(channel, ct);
        return channel;
    }

    async Task CloseAsync()
    {
        var (oldChannel, oldConnection) = (channel, connection);
        (channel, connection) = (null, null);
        try
        {
            await (oldChannel?.DisposeAsync() ?? default);
            await (oldConnection?.DisposeAsync() ?? default);
        }
        catch (Exception)
        {
            // It is being thrown away because it is broken.
        }
    }
}
