using Marten;
using NewsPlatform.Feed.Ingest;
using NewsPlatform.Feed.Ready;
using NewsPlatform.Feed.Related;
using NewsPlatform.Feed.Stories;
using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Feed.Rebuild;

/// <summary>
/// The read models that are being made anew, in a schema beside the one that is served. What they are goes over to the served ones in one
/// transaction: readers have all of the old or all of the new.
/// </summary>
public sealed class RebuildTarget(
    DatabaseOptions options,
    NpgsqlDataSource served,
    IDocumentStore store,
    ChangeTracker changes,
    RelatedStories related,
    PortalOptions portal,
    ILogger<RebuildTarget> log
) : IAsyncDisposable
{
    const string Schema = "rebuild";

    /// <summary>What a transaction may take that had begun as the rebuild did.</summary>
    static readonly TimeSpan longestTransaction = TimeSpan.FromMinutes(2);

    static readonly TimeSpan betweenAttempts = TimeSpan.FromMilliseconds(50);

    /// <summary>
    /// Indexes that nothing asks while stories come in are made of all of them at the end, which takes a fraction of the time, above all
    /// that of words.
    /// </summary>
    const string PutIndexesAway = $"""
        create table {Schema}.index_put_away (definition text);
        do $$
        declare its record;
        begin
            for its in
                select i.indexrelid::regclass as name, pg_get_indexdef(i.indexrelid) as definition
                from pg_index i join pg_class c on c.oid = i.indexrelid
                where c.relnamespace = '{Schema}'::regnamespace and c.relname <> '{StoryTags.StoryIndex}'
                    and not exists (select from pg_constraint where conindid = i.indexrelid)
            loop
                insert into {Schema}.index_put_away values (its.definition);
                execute format('drop index %s', its.name);
            end loop;
        end $$
        """;

    const string TakeIndexesBack = $"""
        do $$
        declare its record;
        begin
            set local maintenance_work_mem = '256MB';
            for its in delete from {Schema}.index_put_away returning definition loop
                execute its.definition;
            end loop;
        end $$
        """;

    readonly (DocumentStore Store, NpgsqlDataSource Database) its = EventStore.Beside(options, Schema, Storage.ConfigureMade);
    StoryWriter? writer;

    StoryWriter Writer => writer ??= new(its.Store, null, portal);

    /// <summary>Begins from nothing, whatever is left of an earlier one.</summary>
    public async Task BeginAsync(Guid rebuild, CancellationToken ct)
    {
        await RunAsync(
            served,
            $"""
            drop schema if exists {Schema} cascade;
            create schema {Schema};
            create table {Schema}.rebuild (id uuid, began timestamptz default clock_timestamp())
            """,
            ct
        );
        await its.Store.Storage.ApplyAllConfiguredChangesToDatabaseAsync(JasperFx.AutoCreate.CreateOrUpdate);
        await RunAsync(served, $"{PutIndexesAway}; insert into {Schema}.rebuild (id) values ('{rebuild}')", ct);
        log.LogInformation("The rebuild {Rebuild} of the read models began", rebuild);
    }

    public Task StoreAsync(Story story, CancellationToken ct) => Writer.StoreAsync(story, ct);

    /// <summary>How many stories the rebuild has; null when it is another one that is under way, or none.</summary>
    public async Task<long?> CountAsync(Guid rebuild, CancellationToken ct)
    {
        await using var command = served.CreateCommand($"select to_regclass('{Schema}.rebuild') is not null");
        if (await command.ExecuteScalarAsync(ct) is not true)
        {
            return null;
        }
        await using var count = served.CreateCommand(
            $"select (select count(*) from {Schema}.mt_doc_story) from {Schema}.rebuild where id = '{rebuild}'"
        );
        count.CommandTimeout = 0;
        return (long?)await count.ExecuteScalarAsync(ct);
    }

    /// <summary>From then on readers have what was made anew, and with it whatever came in meanwhile.</summary>
    public async Task SwapAsync(CancellationToken ct)
    {
        await using var connection = await served.OpenConnectionAsync(ct);
        await RunAsync(served, TakeIndexesBack, ct);
        await CatchUpAsync(connection, ct);
        await RunAsync(its.Database, string.Join("; ", Storage.Made.Select(table => $"analyze {Schema}.{table}")), ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await LockAsync(connection, ct);
        await CatchUpAsync(connection, ct);
        foreach (var table in Storage.Made)
        {
            await RunAsync(connection, $"drop table public.{table}; alter table {Schema}.{table} set schema public", ct);
        }
        await RunAsync(connection, $"drop schema {Schema} cascade; {Backfill.Complete}; {ChangeTracker.FollowAll}", ct);
        await transaction.CommitAsync(ct);
        await changes.LookAsync(ct);
        await related.TouchAllAsync(ct);
        log.LogInformation("The read models that were made anew are served");
    }

    /// <summary>
    /// All of the tables or none: who waits for one while others wait for those that it has would wait for ever. Whoever comes meanwhile is
    /// held up for as long as one attempt at most.
    /// </summary>
    static async Task LockAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await RunAsync(connection, "set local lock_timeout = '100ms'", ct);
        while (true)
        {
            try
            {
                await RunAsync(connection, $"savepoint attempt; lock table {string.Join(", ", Storage.Made)} in access exclusive mode", ct);
                return;
            }
            catch (PostgresException busy) when (busy.SqlState is PostgresErrorCodes.LockNotAvailable)
            {
                await RunAsync(connection, "rollback to savepoint attempt", ct);
                await Task.Delay(betweenAttempts, ct);
            }
        }
    }

    /// <summary>What was stored since the rebuild began; of each story the newer version stays.</summary>
    async Task CatchUpAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        var serializer = store.Options.Serializer();
        List<Story> stories;
        await using (
            var newer = new NpgsqlCommand(
                $"""
                select data from mt_doc_story
                where mt_last_modified >= (select began from {Schema}.rebuild) - interval '{longestTransaction.TotalSeconds} seconds'
                """,
                connection
            )
            {
                CommandTimeout = 0,
            }
        )
        {
            stories = await newer.ListAsync(row => serializer.FromJson<Story>(row, 0), ct);
        }
        await Task.WhenAll(stories.Select(story => Writer.StoreAsync(story, ct)));
    }

    static async Task RunAsync(NpgsqlDataSource database, string sql, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await RunAsync(connection, sql, ct);
    }

    static async Task RunAsync(NpgsqlConnection connection, string sql, CancellationToken ct)
    {
#pragma warning disable CA2100 // This program's own words.
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0 };
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        writer?.Dispose();
        its.Store.Dispose();
        await its.Database.DisposeAsync();
    }
}
