using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Marten;
using NewsPlatform.ServiceDefaults;
using Npgsql;
using Weasel.Postgresql.Tables;

namespace NewsPlatform.Feed.Reads;

/// <summary>
/// How often each story was read, in buckets of five minutes. Requests count in memory; it is written behind their back, and the replicas'
/// counts add up. Of the reader nothing is stored: a read is a story and five minutes. A client counts but once in a while
/// (<see cref="SeenReads"/>).
/// </summary>
/// <remarks>
/// While the database is away, reads wait, as many as the options allow. When it is not known whether a write took effect, because the
/// connection broke in the middle of its commit, its reads are dropped: a ranking is hurt less by a few reads too few than by reads counted
/// twice.
/// </remarks>
public sealed class StoryReads : PeriodicService
{
    public const string Table = "story_reads";

    static readonly TimeSpan bucket = TimeSpan.FromMinutes(5);
    static readonly Counter<long> counted = Telemetry.Meter.CreateCounter<long>(
        "news.feed.reads",
        "{read}",
        "Reads of stories, by people as far as can be told"
    );
    static readonly Counter<long> repeated = Telemetry.Meter.CreateCounter<long>(
        "news.feed.reads.repeated",
        "{read}",
        "Reads that do not count, since their client has given as many as one may"
    );
    static readonly Counter<long> dropped = Telemetry.Meter.CreateCounter<long>(
        "news.feed.reads.dropped",
        "{read}",
        "Reads that were counted and will not be written"
    );

    /// <summary>In the same order everywhere, so that replicas wait for each other and never in a circle.</summary>
    const string Write = $"""
        insert into {Table} (bucket, id, reads) select * from unnest($1, $2, $3)
        on conflict (bucket, id) do update set reads = {Table}.reads + excluded.reads
        """;

    readonly NpgsqlDataSource database;
    readonly ReadsOptions options;
    readonly TimeProvider clock;
    readonly ILogger<StoryReads> log;
    readonly ConcurrentDictionary<(DateTimeOffset Bucket, Guid Story), int> waiting = new();
    readonly SeenReads seen;
    int stories;
    bool failing;

    public StoryReads(NpgsqlDataSource database, ReadsOptions options, TimeProvider clock, ILogger<StoryReads> log)
        : base(TimeSpan.FromSeconds(options.FlushSeconds), clock, log, "Reads of stories could not be written")
    {
        (this.database, this.options, this.clock, this.log, seen) = (database, options, clock, log, new(options, clock));
        Telemetry.Meter.CreateObservableGauge(
            "news.feed.reads.waiting",
            () => Volatile.Read(ref stories),
            "{story}",
            "Stories whose reads are not written yet"
        );
    }

    public static void Configure(StoreOptions options)
    {
        var table = new Table($"{options.DatabaseSchemaName}.{Table}");
        table.AddColumn<DateTimeOffset>("bucket").AsPrimaryKey();
        table.AddColumn<Guid>("id").AsPrimaryKey();
        table.AddColumn<int>("reads").NotNull();
        options.Storage.ExtendedSchemaObjects.Add(table);
    }

    /// <summary>
    /// To be called wherever a story is answered with 200 or 304, by whoever answers. Does not count robots that say what they are, what a
    /// browser fetches in case somebody reads it, and anything but GET.
    /// </summary>
    public void Count(HttpContext context, Guid story)
    {
        if (ReaderRequest.IsRead(context.Request))
        {
            Count(ClientAddress.Of(context), story);
        }
    }

    /// <summary>A read by somebody of this address.</summary>
    public void Count(string client, Guid story)
    {
        if (!seen.TryCount(client, story))
        {
            repeated.Add(1);
        }
        else
        {
            var now = clock.GetUtcNow().UtcTicks;
            Add(new(now - now % bucket.Ticks, TimeSpan.Zero), story, 1);
            counted.Add(1);
        }
    }

    void Add(DateTimeOffset at, Guid story, int reads)
    {
        while (true)
        {
            if (waiting.TryGetValue((at, story), out var before))
            {
                if (waiting.TryUpdate((at, story), before + reads, before))
                {
                    return;
                }
            }
            else if (Volatile.Read(ref stories) >= options.MaxWaitingStories)
            {
                dropped.Add(reads);
                return;
            }
            else if (waiting.TryAdd((at, story), reads))
            {
                Interlocked.Increment(ref stories);
                return;
            }
        }
    }

    protected override Task RunOnceAsync(CancellationToken ct) => FlushAsync(ct);

    /// <summary>The requests have ended by now: the server, which was started last, is stopped first.</summary>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await FlushAsync(cancellationToken);
    }

    async Task FlushAsync(CancellationToken ct)
    {
        var taken = Take();
        if (taken.Count == 0)
        {
            return;
        }
        var committing = false;
        try
        {
            await using var connection = await database.OpenConnectionAsync(ct);
            await using var transaction = await connection.BeginTransactionAsync(ct);
            await using var write = new NpgsqlCommand(Write, connection, transaction);
            write.Parameters.Add(new() { Value = taken.Select(t => t.Bucket).ToArray() });
            write.Parameters.Add(new() { Value = taken.Select(t => t.Story).ToArray() });
            write.Parameters.Add(new() { Value = taken.Select(t => t.Reads).ToArray() });
            await write.ExecuteNonQueryAsync(ct);
            committing = true;
            await transaction.CommitAsync(CancellationToken.None);
            failing = false;
        }
        catch (Exception fault)
        {
            if (committing)
            {
                dropped.Add(taken.Sum(t => t.Reads));
            }
            else
            {
                taken.ForEach(t => Add(t.Bucket, t.Story, t.Reads));
            }
            if (!failing)
            {
                log.LogWarning(
                    "Reads of {Stories} stories are not written: {Fault}; {What}",
                    taken.Count,
                    fault.Message,
                    committing ? "they are lost" : "they wait"
                );
            }
            failing = true;
        }
    }

    List<(DateTimeOffset Bucket, Guid Story, int Reads)> Take()
    {
        var taken = new List<(DateTimeOffset Bucket, Guid Story, int Reads)>();
        foreach (var (key, _) in waiting)
        {
            if (waiting.TryRemove(key, out var reads))
            {
                Interlocked.Decrement(ref stories);
                taken.Add((key.Bucket, key.Story, reads));
            }
        }
        taken.Sort();
        return taken;
    }
}
