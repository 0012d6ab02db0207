using System.Diagnostics.Metrics;
using Marten;
using NewsPlatform.Feed.Ready;
using NewsPlatform.ServiceDefaults;
using Npgsql;
using Weasel.Postgresql.Tables;

namespace NewsPlatform.Feed.Purge;

/// <summary>
/// Tells a cache before the portal what to forget. A change is counted in the transaction that stores it, and how far the cache has been
/// told stands beside that in the database: so it is told of every change after it can be read here, again until it has taken it, and of
/// many changes at once in one request.
/// </summary>
/// <remarks>
/// What the cache was fetching as the change came it may keep after it was told: so it is told of each change a second time, when whatever
/// was under way then has ended.
/// </remarks>
public sealed class CachePurge : BackgroundService
{
    const string Table = "line_purged";

    /// <summary>One instance tells at a time: any number that nothing else in this database locks.</summary>
    const long Turn = 7_022_170_451;

    /// <summary>Longer than an answer takes from Feed through the gateway into the cache.</summary>
    const string SettledAfter = "2 seconds";

    static readonly Counter<long> told = Telemetry.Meter.CreateCounter<long>(
        "news.feed.purges",
        "{request}",
        "Requests by which the cache before the portal was told to forget, by outcome"
    );

    readonly NpgsqlDataSource database;
    readonly PurgeOptions options;
    readonly ILogger<CachePurge> log;
    readonly HttpClient client;

    public CachePurge(NpgsqlDataSource database, PurgeOptions options, ILogger<CachePurge> log)
    {
        (this.database, this.options, this.log) = (database, options, log);
        client = new(new SocketsHttpHandler { AllowAutoRedirect = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
        {
            Timeout = TimeSpan.FromSeconds(options.TimeoutSeconds),
        };
    }

    public static void Configure(StoreOptions options)
    {
        var table = new Table($"{options.DatabaseSchemaName}.{Table}");
        table.AddColumn<string>("language").AsPrimaryKey();
        table.AddColumn<long>("number").NotNull();
        table.AddColumn<DateTimeOffset>("at").NotNull();
        table.AddColumn<bool>("settled").NotNull();
        options.Storage.ExtendedSchemaObjects.Add(table);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        options.Url is null
            ? Task.CompletedTask
            : PostgresListener.ListenAsync(database, ChangeTracker.Channel, TellAsync, log, stoppingToken);

    async Task TellAsync(CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var turn = new NpgsqlCommand("select pg_try_advisory_xact_lock($1)", connection, transaction)
        {
            Parameters = { new() { Value = Turn } },
        };
        if (await turn.ExecuteScalarAsync(ct) is not true)
        {
            return;
        }
        await using var ask = new NpgsqlCommand(
            $"""
            select c.language, c.number, c.number = p.number from {ChangeTracker.Channel} c left join {Table} p using (language)
            where c.number > coalesce(p.number, -1) or not p.settled and p.at < clock_timestamp() - interval '{SettledAfter}'
            order by language collate "C" limit {PurgeRequest.MaxKeys}
            """,
            connection,
            transaction
        );
        var changed = new List<(string Language, long Number, bool Settled)>();
        await using (var rows = await ask.ExecuteReaderAsync(ct))
        {
            while (await rows.ReadAsync(ct))
            {
                changed.Add((rows.GetString(0), rows.GetInt64(1), !await rows.IsDBNullAsync(2, ct) && rows.GetBoolean(2)));
            }
        }
        if (changed.Count == 0)
        {
            return;
        }
        await SendAsync([.. changed.Select(its => SurrogateKeys.OfLanguage(its.Language))], ct);
        await using var note = new NpgsqlCommand(
            $"""
            insert into {Table} (language, number, at, settled)
            select language, number, clock_timestamp(), settled from unnest($1, $2, $3) told (language, number, settled)
            on conflict (language) do update set (number, at, settled) = (excluded.number, excluded.at, excluded.settled)
            """,
            connection,
            transaction
        );
        note.Parameters.Add(new() { Value = changed.Select(its => its.Language).ToArray() });
        note.Parameters.Add(new() { Value = changed.Select(its => its.Number).ToArray() });
        note.Parameters.Add(new() { Value = changed.Select(its => its.Settled).ToArray() });
        await note.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
    }

    /// <exception cref="HttpRequestException">The cache has not taken it.</exception>
    async Task SendAsync(string[] keys, CancellationToken ct)
    {
        try
        {
            using var request = PurgeRequest.Of(options, keys);
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            answer.EnsureSuccessStatusCode();
            told.Add(1, new KeyValuePair<string, object?>("outcome", "taken"));
        }
        catch (Exception fault) when (fault is HttpRequestException or TaskCanceledException && !ct.IsCancellationRequested)
        {
            told.Add(1, new KeyValuePair<string, object?>("outcome", "failed"));
            throw new HttpRequestException($"the cache at {options.Url!.Host} was not told: {fault.Message}", fault);
        }
    }

    public override void Dispose()
    {
        base.Dispose();
        client.Dispose();
    }
}
