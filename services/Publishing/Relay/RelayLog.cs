using JasperFx.Events;
using Marten;
using NewsPlatform.Publishing.Events;
using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Publishing.Relay;

/// <summary>An event as the relay reads it.</summary>
/// <param name="Data">Null for the event store's own, which are nobody's news.</param>
/// <param name="TraceParent">W3C traceparent of the request that it came from.</param>
/// <param name="Newest">The highest number that an event had when this one was read.</param>
public sealed record StoredEvent(
    long Sequence,
    Guid Id,
    Guid Stream,
    long Version,
    object? Data,
    DateTimeOffset Timestamp,
    string? TraceParent,
    long Newest
);

/// <summary>
/// The event store as the relay follows it, on the connection that has the lead, so that who has lost it reads and stores nothing more.
/// </summary>
public sealed class RelayLog(NpgsqlConnection connection, IDocumentStore store, EventCatalog catalog)
{
    /// <summary>Events that are read at once.</summary>
    public const int Page = 500;

    /// <summary>One instance relays: the lock is the session's, and is gone with the connection.</summary>
    const string TakeLead = $"""
        select pg_try_advisory_lock(hashtextextended('{ArticleRelay.Progress}', 0)),
            coalesce((select last_seq_id from mt_event_progression where name = '{ArticleRelay.Progress}'), 0),
            coalesce((select max(seq_id) from mt_events), 0)
        """;

    const string Begin =
        $"insert into mt_event_progression (name, last_seq_id) values ('{ArticleRelay.Progress}', 0) on conflict do nothing";

    /// <summary>
    /// A checkpoint that is lost with the server has events told again, which everybody bears, so that nobody waits for its being on disk.
    /// </summary>
    const string Checkpoint = $"""
        update mt_event_progression set last_seq_id = $2, last_updated = now()
        where name = '{ArticleRelay.Progress}' and last_seq_id = $1 and set_config('synchronous_commit', 'off', true) is not null
        """;

    /// <summary>
    /// The next events, and of articles that began earlier what came before, all in one order. Both are looked up by their indexes,
    /// whatever the planner thinks of their number.
    /// </summary>
    static readonly string next = $"""
        with page as materialized (select * from mt_events where seq_id > $1 and seq_id < {Page}
            + (select seq_id from mt_events where seq_id > $1 order by seq_id limit 1) order by seq_id),
        earlier as (select e.* from (select distinct stream_id from page where version > 1 and type = any($2)) its
            cross join lateral (select * from mt_events where stream_id = its.stream_id and seq_id <= $1) e)
        select seq_id, id, stream_id, version, type, data, timestamp, headers ->> '{EventMetadata.TraceHeader}',
            (select max(seq_id) from mt_events)
        from (select * from page union all select * from earlier) found order by seq_id
        """;

    /// <summary>
    /// Transactions that have taken a number for an event and are not over: a sequence is locked until then by whoever takes one.
    /// </summary>
    const string Appending = """
        select virtualtransaction from pg_locks where relation = 'mt_events_sequence'::regclass and mode = 'RowExclusiveLock'
            and database = (select oid from pg_database where datname = current_database())
        """;

    readonly Dictionary<string, Type> types = store
        .Options.Events.AllKnownEventTypes()
        .ToDictionary(e => e.EventTypeName, e => e.EventType);
    readonly string[] told = [.. catalog.All.Where(description => description.IsTold).Select(description => description.Name)];

    /// <summary>Whether this instance leads from now on; up to where all was relayed, and the newest event.</summary>
    public async Task<(bool Leads, long Position, long Newest)> LeadAsync(CancellationToken ct)
    {
        await using var lead = connection.Command(TakeLead);
        var (leads, position, newest) = (await lead.ListAsync(row => (row.GetBoolean(0), row.GetInt64(1), row.GetInt64(2)), ct))[0];
        if (leads && position == 0)
        {
            await using var begin = connection.Command(Begin);
            await begin.ExecuteNonQueryAsync(ct);
        }
        return (leads, position, newest);
    }

    /// <summary>Keeps the lead as long as the work lasts.</summary>
    public Task LeadWhileAsync(Task work, TimeProvider clock, CancellationToken ct) => Lead.WhileAsync(connection, work, clock, ct);

    /// <summary>Stores how far the relay has come, and reads what comes next, in one round trip.</summary>
    /// <param name="stored">The position that is stored.</param>
    /// <param name="position">The one up to which all was relayed.</param>
    /// <returns>Those behind the position, and those before it that are of the same articles.</returns>
    /// <exception cref="CheckpointMovedException">Somebody else has stored another one.</exception>
    public async Task<IReadOnlyList<StoredEvent>> NextAsync(long stored, long position, CancellationToken ct)
    {
        await using var batch = connection.CreateBatch();
        if (position != stored)
        {
            batch.BatchCommands.Add(Rows.InBatch(Checkpoint, stored, position));
        }
        batch.BatchCommands.Add(Rows.InBatch(next, position, told));
        var events = await batch.ListAsync(Read, ct);
        return position == stored || batch.BatchCommands[0].RecordsAffected == 1 ? events : throw new CheckpointMovedException();
    }

    public async Task<IReadOnlySet<string>> AppendingAsync(CancellationToken ct)
    {
        await using var appending = connection.Command(Appending);
        return (await appending.ListAsync(row => row.GetString(0), ct)).ToHashSet();
    }

    /// <exception cref="InvalidOperationException">Nothing says what such an event means, so that it is not passed over.</exception>
    StoredEvent Read(NpgsqlDataReader row)
    {
        var name = row.GetString(4);
        var type = types.GetValueOrDefault(name)
            ?? throw new InvalidOperationException($"The event {row.GetInt64(0)} is a {name}, which this release does not know.");
        return new(
            row.GetInt64(0),
            row.GetGuid(1),
            row.GetGuid(2),
            row.GetInt64(3),
            EventCatalog.IsOfStore(type) ? null : store.Options.Serializer().FromJson(type, row, 5),
            row.GetFieldValue<DateTimeOffset>(6),
            row.IsDBNull(7) ? null : row.GetString(7),
            row.GetInt64(8)
        );
    }
}

/// <summary>The relay's checkpoint is not where this instance has put it.</summary>
public sealed class CheckpointMovedException() : Exception("The relay's checkpoint was moved by somebody else.");
