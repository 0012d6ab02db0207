using Marten;
using NewsPlatform.Contracts;
using NewsPlatform.ServiceDefaults;
using Npgsql;
using Weasel.Postgresql.Tables;

namespace NewsPlatform.Feed.Ready;

/// <summary>
/// Knows which change of the stories of a language was the last, so that what was made of them can be kept until the next. The transaction
/// that stores a story says so in a row and by PostgreSQL's NOTIFY; a look at the rows every second finds what a notification that never
/// came would have said. What is the same change is told by its number, which is exact; its time is for Last-Modified alone (RFC 9110,
/// section 8.8.2).
/// </summary>
/// <remarks>
/// <para>
/// A whole second is too coarse for a change, and a client may hold what was there earlier in the same second. So a change is dated with a
/// second that no answer of an earlier state can have: usually that of the change itself, since the one before it lies two seconds back or
/// more and all answers meanwhile said its time; else the next whole second. All changes of one second then share that next second. It is
/// said no sooner than it has begun, and it is then that of the last of them only, since the others are no longer current. Dates are
/// therefore never more than a second ahead of the clock, however many changes there are, and the header is there again as soon as a second
/// passes that leaves the stories alone.
/// </para>
/// <para>
/// For that an instance must know that it has seen all changes of the second. A writer holds its lock on the table
/// from before it reads the clock until its change can be seen. So a look first reads the clock, then whether anybody holds such a lock,
/// then the rows: when nobody does, whatever was dated before that clock is among the rows. All of that is PostgreSQL's clock; the
/// instance's own only keeps a time from being said that lies in the future of the answer's Date. Instances share the rows, and so do
/// starts.
/// </para>
/// <para>
/// So none of these is answered 304 where something has changed: who sends the Last-Modified of what they have, and who was given none and
/// sends the Date of that answer. Nor is one time said of two states of an address, which clients that compare times themselves (libcurl)
/// would take for nothing new. Should the database's clock be put back, each change is dated a second later than the one before until it
/// has caught up.
/// </para>
/// </remarks>
public sealed class ChangeTracker : BackgroundService
{
    const string Table = "line_change";

    /// <summary>The table, and the channel of PostgreSQL's NOTIFY, of the last change of each language.</summary>
    public const string Channel = Table;

    /// <summary>Stands for all languages together.</summary>
    const string Any = "";

    /// <summary>That are one; who comes while one is under way shares the next.</summary>
    const int MaxLooks = 10_000;

    readonly NpgsqlDataSource database;
    readonly ReadyOptions options;
    readonly TimeProvider clock;
    readonly ILogger<ChangeTracker> log;
    readonly Lock looking = new();
    readonly RequestCoalescer<bool, bool> looks;
    volatile State state = new([], DateTimeOffset.MinValue);
    volatile TaskCompletionSource next = new(TaskCreationOptions.RunContinuationsAsynchronously);
    long lookedAt;
    long completedAt = long.MinValue;

    public ChangeTracker(NpgsqlDataSource database, ReadyOptions options, TimeProvider clock, ILogger<ChangeTracker> log)
    {
        (this.database, this.options, this.clock, this.log) = (database, options, clock, log);
        looks = new(MaxLooks, LookOnceAsync);
    }

    /// <param name="Complete">Whatever was dated before this time is among the changes.</param>
    sealed record State(Dictionary<string, Change> Changes, DateTimeOffset Complete);

    public static void Configure(StoreOptions options)
    {
        var table = new Table($"{options.DatabaseSchemaName}.{Table}");
        table.AddColumn<string>("language").AsPrimaryKey();
        table.AddColumn<DateTimeOffset>("at").NotNull();
        table.AddColumn<long>("number").NotNull().DefaultValue(0);
        options.Storage.ExtendedSchemaObjects.Add(table);
    }

    /// <summary>
    /// To be stored last in the transaction that changes stories of these languages, since all such transactions meet here.
    /// </summary>
    public static void Follow(IDocumentSession session, IEnumerable<string> languages)
    {
        session.QueueSqlCommand(
            $"insert into {Table} as line (language, at, number) select language, {Now}, 1 from unnest(?) language {Later}",
            (object)languages.Append(Any).Distinct().Order(StringComparer.Ordinal).ToArray()
        );
        session.QueueSqlCommand($"notify {Table}");
    }

    const string Now = "date_trunc('second', clock_timestamp())";

    /// <remarks>
    /// The clock is read here, after the row's lock was waited for, and once. What lies before the next second is the changes that share
    /// it.
    /// </remarks>
    const string Later = $"""
        on conflict (language) do update set (number, at) = (select line.number + 1, case
            when line.at <= second - interval '2 seconds' then second
            when line.at <= second then second + interval '1 second'
            when line.at = second + interval '1 second' then line.at
            else line.at + interval '1 second' end from (select {Now} as second offset 0) clock)
        """;

    /// <summary>The SQL that says so of the languages in <c>$1</c>.</summary>
    public const string FollowSome = $"""
        with changed as (insert into {Table} as line (language, at, number)
            select language, {Now}, 1 from unnest($1 || array['']) language group by language order by language collate "C" {Later})
        select pg_notify('{Table}', '')
        """;

    /// <summary>The SQL that says so of every language.</summary>
    public const string FollowAll = $"""
        insert into {Table} as line (language, at) select language, {Now} from {Table} order by language collate "C" {Later};
        notify {Table}
        """;

    /// <summary>What is committed.</summary>
    const string Committed = $"select language, number, at from {Table}";

    /// <summary>
    /// A look after which it is known up to when all changes are known, in this order: the clock, who may be about to commit an earlier
    /// time, and what is committed. Dates are whole seconds, so that one such look a second is enough for them.
    /// </summary>
    static readonly string[] completeLook =
    [
        "select clock_timestamp()",
        $"""
            select exists (select from pg_locks where relation = '{Table}'::regclass and mode = 'RowExclusiveLock' and granted
                and database = (select oid from pg_database where datname = current_database()))
            """,
        Committed,
    ];

    static readonly TimeSpan completeEvery = TimeSpan.FromSeconds(1);

    /// <summary>
    /// The last change of the stories of the language, or of any; null when that cannot be known, since the database has been away for too
    /// long.
    /// </summary>
    public Change? Of(string? language) => Of(language, out _);

    /// <param name="complete">Whatever was dated up to this time is known here, and no later change will be dated so.</param>
    public Change? Of(string? language, out DateTimeOffset complete)
    {
        var known = state;
        complete = known.Complete;
        return lookedAt > 0 && clock.GetElapsedTime(lookedAt).TotalSeconds <= options.StaleIfErrorSeconds
            ? known.Changes.GetValueOrDefault(language ?? Any, new(0, DateTimeOffset.UnixEpoch))
            : null;
    }

    /// <summary>What is known of all languages; null when it cannot be known any more.</summary>
    public EdgeState? All() =>
        Of(null) is null ? null : new(state.Changes.ToDictionary(its => its.Key, its => its.Value.Number), state.Complete);

    /// <summary>Ends with the next change that is known here.</summary>
    public Task NextAsync() => next.Task;

    /// <summary>Returns when what was committed before is known here.</summary>
    public async Task LookAsync(CancellationToken ct)
    {
        var at = clock.GetTimestamp();
        var completes = completedAt == long.MinValue || clock.GetElapsedTime(completedAt, at) >= completeEvery;
        var seen = new Dictionary<string, Change>();
        await using var batch = database.CreateBatch();
        Array.ForEach(completes ? completeLook : [Committed], statement => batch.BatchCommands.Add(new(statement)));
        await using var rows = await batch.ExecuteReaderAsync(ct);
        DateTimeOffset? complete = completes ? await CompleteAsync(rows, ct) : null;
        while (await rows.ReadAsync(ct))
        {
            seen[rows.GetString(0)] = new(rows.GetInt64(1), rows.GetFieldValue<DateTimeOffset>(2));
        }
        bool changed;
        lock (looking)
        {
            // Of two looks at once the later may have seen less.
            foreach (var (language, known) in state.Changes)
            {
                seen[language] =
                    seen.TryGetValue(language, out var its) && (its.Number, its.At).CompareTo((known.Number, known.At)) > 0 ? its : known;
            }
            changed = seen.GetValueOrDefault(Any) != state.Changes.GetValueOrDefault(Any);
            state = new(seen, complete > state.Complete ? complete.Value : state.Complete);
            lookedAt = Math.Max(lookedAt, at);
            completedAt = complete is null ? completedAt : at;
        }
        if (changed)
        {
            Interlocked.Exchange(ref next, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
        }
    }

    /// <returns>Up to when all changes are among the rows that come next; null when somebody may be about to commit an earlier
    /// one.</returns>
    static async Task<DateTimeOffset?> CompleteAsync(NpgsqlDataReader rows, CancellationToken ct)
    {
        await rows.ReadAsync(ct);
        var now = rows.GetFieldValue<DateTimeOffset>(0);
        await rows.NextResultAsync(ct);
        await rows.ReadAsync(ct);
        var writing = rows.GetBoolean(0);
        await rows.NextResultAsync(ct);
        return writing ? null : now;
    }

    /// <summary>The same, where it can be done; nothing else depends on it.</summary>
    public async Task TryLookAsync()
    {
        try
        {
            await looks.AskAsync(true);
        }
        catch (Exception fault) when (TransientFault.IsTransient(fault)) { }
    }

    async Task<IReadOnlyList<bool>> LookOnceAsync(IReadOnlyList<bool> asked)
    {
        await LookAsync(CancellationToken.None);
        return asked;
    }

    /// <summary>Nobody is answered before it is known how old the answer is.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await LookAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        ServiceDefaults.PostgresListener.ListenAsync(database, Table, LookAsync, log, stoppingToken);

    public override void Dispose()
    {
        base.Dispose();
        looks.Dispose();
    }
}
