using Marten;
using NewsPlatform.ServiceDefaults;
using Npgsql;
using Weasel.Postgresql.Tables;

namespace NewsPlatform.Feed.Ready;

/// <summary>
/// Knows when the stories of a language changed last, so that what was made of them can be kept until then. The transaction that stores a story
/// says so in a row and by PostgreSQL's NOTIFY; a look at the rows every second finds what a notification that never came would have said.
/// </summary>
public sealed class LineClock(NpgsqlDataSource database, ReadyOptions options, TimeProvider clock, ILogger<LineClock> log) : BackgroundService
{
    const string Table = "line_change";

    /// <summary>Stands for all languages together.</summary>
    const string Any = "";

    readonly Lock looking = new();
    Dictionary<string, DateTimeOffset> changes = [];
    long lookedAt;

    public static void Configure(StoreOptions options)
    {
        var table = new Table($"{options.DatabaseSchemaName}.{Table}");
        table.AddColumn<string>("language").AsPrimaryKey();
        table.AddColumn<DateTimeOffset>("at").NotNull();
        options.Storage.ExtendedSchemaObjects.Add(table);
    }

    /// <summary>To be stored last in the transaction that changes stories of these languages, since all such transactions meet here.</summary>
    /// <remarks>
    /// In whole seconds, each change later than the one before, as Last-Modified needs it (RFC 9110, section 8.8.2): in a rush of changes it runs
    /// ahead of the clock.
    /// </remarks>
    public static void Follow(IDocumentSession session, IEnumerable<string> languages)
    {
        session.QueueSqlCommand($"insert into {Table} as line (language, at) select language, date_trunc('second', clock_timestamp()) from unnest(?) language {Later}",
            (object)languages.Append(Any).Distinct().Order(StringComparer.Ordinal).ToArray());
        session.QueueSqlCommand($"notify {Table}");
    }

    const string Later = "on conflict (language) do update set at = greatest(excluded.at, line.at + interval '1 second')";

    /// <summary>The SQL that says so of the languages in <c>$1</c>.</summary>
    public const string FollowSome = $"""
        with changed as (insert into {Table} as line (language, at)
            select language, date_trunc('second', clock_timestamp()) from unnest($1 || array['']) language group by language order by language collate "C" {Later})
        select pg_notify('{Table}', '')
        """;

    /// <summary>The SQL that says so of every language.</summary>
    public const string FollowAll = $"insert into {Table} as line (language, at) select language, date_trunc('second', clock_timestamp()) from {Table} {Later}; notify {Table}";

    /// <summary>When stories of the language, or of any, changed last; null when that cannot be known, since the database has been away for too long.</summary>
    public DateTimeOffset? Of(string? language) => lookedAt > 0 && clock.GetElapsedTime(lookedAt).TotalSeconds <= options.StaleIfErrorSeconds
        ? changes.GetValueOrDefault(language ?? Any, DateTimeOffset.UnixEpoch)
        : null;

    /// <summary>Returns when what was committed before is known here.</summary>
    public async Task LookAsync(CancellationToken ct)
    {
        var at = clock.GetTimestamp();
        var seen = new Dictionary<string, DateTimeOffset>();
        await using var command = database.CreateCommand($"select language, at from {Table}");
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            seen[rows.GetString(0)] = rows.GetFieldValue<DateTimeOffset>(1);
        }
        lock (looking)
        {
            // Of two looks at once the later may have seen less.
            foreach (var (language, known) in changes)
            {
                seen[language] = seen.TryGetValue(language, out var now) && now > known ? now : known;
            }
            changes = seen;
            lookedAt = Math.Max(lookedAt, at);
        }
    }

    /// <summary>The same, where it can be done; nothing else depends on it.</summary>
    public async Task TryLookAsync()
    {
        try
        {
            await LookAsync(CancellationToken.None);
        }
        catch (Exception fault) when (Outage.Is(fault))
        {
        }
    }

    /// <summary>Nobody is answered before it is known how old the answer is.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await LookAsync(cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => ServiceDefaults.Follow.ChannelAsync(database, Table, LookAsync, log, stoppingToken);
}
