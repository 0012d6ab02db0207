using System.ComponentModel.DataAnnotations;
using Marten;
using NewsPlatform.Contracts;
using NewsPlatform.Publishing.Events;
using NewsPlatform.Publishing.Relay;
using NewsPlatform.ServiceDefaults;
using Npgsql;
using Weasel.Postgresql.Tables;

namespace NewsPlatform.Publishing.DryRun;

public sealed class DryRunOptions
{
    /// <summary>
    /// Seconds between two dry runs, of all instances together; 0 for none. Notifications has the same setting, and raises the alarm when
    /// none comes.
    /// </summary>
    [Range(0, 86_400)]
    public int EverySeconds { get; set; } = 300;
}

/// <summary>Nothing has happened: an event that takes the way of an article's, so that it is known whether one would arrive.</summary>
/// <param name="At">When it was stored, by the store's clock.</param>
public sealed record DryRunBegun(DateTimeOffset At);

/// <summary>
/// Begins a dry run every few minutes, by whichever instance comes first: an event is stored as an article's is, and the relay sends it on.
/// Of events that say nothing only the last one is kept.
/// </summary>
public sealed class DryRunClock(
    IDocumentStore store,
    NpgsqlDataSource database,
    DryRunOptions options,
    TimeProvider clock,
    ILogger<DryRunClock> log
) : PeriodicService(askedEvery, clock, log, "No dry run can be begun")
{
    /// <summary>The stream of all of them, which is no article's.</summary>
    static readonly Guid stream = new("00000000-0000-8000-8000-000000000d72");

    static readonly TimeSpan askedEvery = TimeSpan.FromSeconds(1);

    const string IsDue = $"select from {Table} where begun_at > now() - $1";

    const string Table = "dry_run_clock";

    /// <summary>The first one waits for its time too: a stack that has just been set up is still starting.</summary>
    const string Wind = $"insert into {Table} (id, begun_at) values (1, now()) on conflict do nothing";

    const string Begin = $"update {Table} set begun_at = now() where begun_at <= now() - $1 returning begun_at";

    /// <summary>Those that the relay has sent, so that the archive does not fill with them.</summary>
    const string Forget = $"""
        delete from mt_events where stream_id = ?
            and seq_id <= (select last_seq_id from mt_event_progression where name = '{ArticleRelay.Progress}')
        """;

    /// <summary>For the queue of those who tell, and for nobody who reads.</summary>
    public static readonly EventDescription Begun = EventDescription.Of<DryRunBegun>("dry_run_begun") with
    {
        Message = e =>
            new(
                Topology.Articles,
                Topology.DryRun,
                new Contracts.DryRunBegun(((DryRunBegun)e).At.ToUnixTimeMilliseconds(), ((DryRunBegun)e).At)
            ),
    };

    public static void Configure(StoreOptions options)
    {
        var table = new Table($"{options.DatabaseSchemaName}.{Table}");
        table.AddColumn<int>("id").AsPrimaryKey();
        table.AddColumn("begun_at", "timestamptz").NotNull();
        options.Storage.ExtendedSchemaObjects.Add(table);
    }

    protected override async Task RunOnceAsync(CancellationToken ct)
    {
        if (options.EverySeconds == 0)
        {
            return;
        }
        await using var due = database.Command(IsDue, TimeSpan.FromSeconds(options.EverySeconds));
        if (await due.ListAsync(_ => true, ct) is [_])
        {
            return;
        }
        await using (var wind = database.Command(Wind))
        {
            await wind.ExecuteNonQueryAsync(ct);
        }
        await using var session = store.LightweightSession();
        await session.BeginTransactionAsync(ct);
        await using var begin = ((NpgsqlConnection)session.Connection!).Command(Begin, TimeSpan.FromSeconds(options.EverySeconds));
        if (await begin.ListAsync(row => row.GetFieldValue<DateTimeOffset>(0), ct) is [var at])
        {
            EventMetadata.Add(session, Caller.Platform);
            session.QueueSqlCommand(Forget, stream);
            session.Events.Append(stream, new DryRunBegun(at));
            await session.SaveChangesAsync(ct);
        }
    }
}
