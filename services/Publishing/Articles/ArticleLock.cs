using Marten;
using NewsPlatform.ServiceDefaults;
using Npgsql;
using Weasel.Postgresql.Tables;

namespace NewsPlatform.Publishing.Articles;

/// <summary>That somebody works on an article's copy. It tells others so and stops nobody: a change goes by its If-Match, whoever sends it.</summary>
/// <param name="Holder">As the history names who did something.</param>
/// <param name="Since">When it was taken; to extend it leaves that as it is.</param>
/// <param name="Until">From then on it is over.</param>
public sealed record ArticleLock(string Holder, DateTimeOffset Since, DateTimeOffset Until);

/// <summary>The locks that are held. Whether one is over is a comparison in the store at the moment somebody asks; nothing waits for it.</summary>
public sealed class ArticleLocks(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>One statement, so that of two who want it at once the store lets one have it.</summary>
    const string Take = """
        insert into article_lock as held (article_id, holder, since, until) values ($1, $2, $3, $4)
        on conflict (article_id) do update set holder = excluded.holder, until = excluded.until,
            since = case when held.holder = excluded.holder and held.until > excluded.since then held.since else excluded.since end
        where held.holder = excluded.holder or held.until <= excluded.since or $5
        returning holder, since, until
        """;

    /// <summary>Some of those that are over, so that the table stays as small as what is worked on; one that is just being taken is left alone.</summary>
    const string Sweep = """
        delete from article_lock where article_id in (select article_id from article_lock where until <= $1 order by until limit 100 for update skip locked)
        """;

    public static void Configure(StoreOptions options)
    {
        var locks = new Table("public.article_lock");
        locks.AddColumn<Guid>("article_id").AsPrimaryKey();
        locks.AddColumn<string>("holder").NotNull();
        locks.AddColumn<DateTimeOffset>("since").NotNull();
        locks.AddColumn<DateTimeOffset>("until").NotNull().AddIndex(index => index.Name = "article_lock_until");
        options.Storage.ExtendedSchemaObjects.Add(locks);
    }

    /// <summary>The lock, which is <paramref name="who"/>'s from now on, or else somebody else's who has it.</summary>
    /// <param name="break">Whoever has it.</param>
    public async Task<ArticleLock> TakeAsync(Guid article, string who, TimeSpan lasts, bool @break, CancellationToken ct)
    {
        while (true)
        {
            var now = Now();
            if (await ReadAsync(Take, ct, article, who, now, now + lasts, @break) is { } taken)
            {
                await WriteAsync(Sweep, ct, now);
                return taken;
            }
            if (await FindAsync(article, ct) is { } others)
            {
                return others;
            }
            // It was given back between the two.
        }
    }

    /// <summary>Gives it back; null when nobody has it then, and else the one who does.</summary>
    public async Task<ArticleLock?> ReleaseAsync(Guid article, string who, CancellationToken ct)
    {
        await WriteAsync("delete from article_lock where article_id = $1 and (holder = $2 or until <= $3)", ct, article, who, Now());
        return await FindAsync(article, ct);
    }

    public Task<ArticleLock?> FindAsync(Guid article, CancellationToken ct) =>
        ReadAsync("select holder, since, until from article_lock where article_id = $1 and until > $2", ct, article, Now());

    /// <summary>By article; those that nobody has are not in it.</summary>
    public async Task<IReadOnlyDictionary<Guid, ArticleLock>> FindAsync(Guid[] articles, CancellationToken ct)
    {
        await using var command = database.Command("select article_id, holder, since, until from article_lock where article_id = any($1) and until > $2", articles, Now());
        await using var row = await command.ExecuteReaderAsync(ct);
        var found = new Dictionary<Guid, ArticleLock>();
        while (await row.ReadAsync(ct))
        {
            found[row.GetGuid(0)] = Read(row, 1);
        }
        return found;
    }

    async Task<ArticleLock?> ReadAsync(string sql, CancellationToken ct, params object[] values)
    {
        await using var command = database.Command(sql, values);
        await using var row = await command.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct) ? Read(row, 0) : null;
    }

    async Task WriteAsync(string sql, CancellationToken ct, params object[] values)
    {
        await using var command = database.Command(sql, values);
        await command.ExecuteNonQueryAsync(ct);
    }

    static ArticleLock Read(NpgsqlDataReader row, int first) =>
        new(row.GetString(first), row.GetFieldValue<DateTimeOffset>(first + 1), row.GetFieldValue<DateTimeOffset>(first + 2));

    DateTimeOffset Now() => clock.GetUtcNow().ToUniversalTime();
}
