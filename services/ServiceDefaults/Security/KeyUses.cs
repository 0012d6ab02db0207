using System.Collections.Concurrent;
using System.Threading.Channels;
using Marten;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Npgsql;
using Weasel.Postgresql.Tables;

namespace NewsPlatform.ServiceDefaults;

/// <summary>Remembers when each key was last used here, to the minute. Requests only note it; it is written behind their back.</summary>
public sealed class KeyUses(NpgsqlDataSource database, ILogger<KeyUses> log) : BackgroundService
{
    static readonly TimeSpan interval = TimeSpan.FromMinutes(1);

    /// <summary>Several replicas write no more often than one.</summary>
    const string Write = """
        insert into key_use (key_id, last_used_at) values ($1, $2)
        on conflict (key_id) do update set last_used_at = excluded.last_used_at
        where key_use.last_used_at <= excluded.last_used_at - interval '1 minute'
        """;

    readonly ConcurrentDictionary<Guid, DateTimeOffset> noted = new();
    readonly Channel<(Guid Key, DateTimeOffset At)> unwritten = Channel.CreateBounded<(Guid, DateTimeOffset)>(
        new BoundedChannelOptions(10_000) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true }
    );

    public static void Configure(StoreOptions options)
    {
        var uses = new Table("public.key_use");
        uses.AddColumn<Guid>("key_id").AsPrimaryKey();
        uses.AddColumn<DateTimeOffset>("last_used_at").NotNull();
        options.Storage.ExtendedSchemaObjects.Add(uses);
    }

    public void Note(Guid key, DateTimeOffset now)
    {
        var last = noted.GetOrAdd(key, DateTimeOffset.MinValue);
        if (now - last >= interval && noted.TryUpdate(key, now, last))
        {
            unwritten.Writer.TryWrite((key, now));
        }
    }

    /// <summary>By key; those that were never used are not in it.</summary>
    public async Task<IReadOnlyDictionary<Guid, DateTimeOffset>> LastAsync(Guid[] keys, CancellationToken ct)
    {
        await using var command = database.CreateCommand("select key_id, last_used_at from key_use where key_id = any($1)");
        command.Parameters.Add(new() { Value = keys });
        await using var row = await command.ExecuteReaderAsync(ct);
        var last = new Dictionary<Guid, DateTimeOffset>();
        while (await row.ReadAsync(ct))
        {
            last[row.GetGuid(0)] = row.GetFieldValue<DateTimeOffset>(1);
        }
        return last;
    }

    public async Task<DateTimeOffset?> LastAsync(Guid key, CancellationToken ct) =>
        (await LastAsync([key], ct)).TryGetValue(key, out var at) ? at : null;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var (key, at) in unwritten.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await using var command = database.CreateCommand(Write);
                command.Parameters.Add(new() { Value = key });
                command.Parameters.Add(new() { Value = at });
                await command.ExecuteNonQueryAsync(stoppingToken);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                // The next use tries again.
                noted.TryRemove(key, out _);
                log.LogWarning("The last use of the key {Key} is not written: {Fault}", key, fault.Message);
            }
        }
    }
}
