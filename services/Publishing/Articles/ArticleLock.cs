using System.Text.Json.Serialization;
using Marten;
using NewsPlatform.ServiceDefaults;
using Npgsql;
using Weasel.Postgresql.Tables;

namespace NewsPlatform.Publishing.Articles;

/// <summary>
/// That somebody works on an article's copy. It tells others so and stops nobody: a change goes by its If-Match, whoever sends it.
/// </summary>
/// <param name="Holder">As the history names who did something.</param>
/// <param name="Since">When it was taken; to extend it leaves that as it is.</param>
/// <param name="Until">From then on it is over.</param>
public sealed record ArticleLock(string Holder, DateTimeOffset Since, DateTimeOffset Until)
{
    /// <summary>Whose it is (<see cref="Caller.Id"/>); the holder's name may be another key's by now.</summary>
    [JsonIgnore]
    public string HolderId { get; init; } = "";
}

/// <summary>
/// The locks that are held. Whether one is over is a comparison in the store at the moment somebody asks; nothing waits for it. Its time
/// may be over, or the key that has it revoked or expired, whichever instance was told so; one of an older release says by no id whose it
/// is.
/// </summary>
public sealed class ArticleLocks(NpgsqlDataSource database, TimeProvider clock)
{
    /// <summary>Of <c>held</c>, at the time <c>$1</c>.</summary>
    const string Over = """
        (held.until <= $1 or held.holder_id = '' or exists (select from mt_doc_key k
            where k.id = case when held.holder_id ~ '^key:[0-9a-f-]{36}$' then substr(held.holder_id, 5)::uuid end
              and ((k.data ->> 'revoked')::boolean or (k.data ->> 'expiresAt')::timestamptz <= $1)))
        """;

    const string Columns = "held.holder, held.since, held.until, held.holder_id";

    /// <summary>One statement, so that of two who want it at once the store lets one have it.</summary>
    const string Take = $"""
        insert into article_lock as held (since, article_id, holder, holder_id, until) values ($1, $2, $3, $4, $5)
        on conflict (article_id) do update set holder = excluded.holder, holder_id = excluded.holder_id, until = excluded.until,
            since = case when held.holder_id = excluded.holder_id and not {Over} then held.since else excluded.since end
        where held.holder_id = excluded.holder_id or {Over} or $6
        returning {Columns}
        """;

    /// <summary>
    /// Some of those that are over, so that the table stays as small as what is worked on; one that is just being taken is left alone.
    /// </summary>
    const string Sweep = """
        delete from article_lock where article_id in (
            select article_id from article_lock where until <= $1 order by until limit 100 for update skip locked)
        """;

    public static void Configure(StoreOptions options)
    {
        var locks = new Table("public.article_lock");
        locks.AddColumn<Guid>("article_id").AsPrimaryKey();
        locks.AddColumn<string>("holder").NotNull();
        locks.AddColumn<string>("holder_id").NotNull().DefaultValueByString("");
        locks.AddColumn<DateTimeOffset>("since").NotNull();
        locks.AddColumn<DateTimeOffset>("until").NotNull().AddIndex(index => index.Name = "article_lock_until");
        options.Storage.ExtendedSchemaObjects.Add(locks);
    }

    /// <summary>The lock, which is <paramref name="caller"/>'s from now on, or else somebody else's who has it.</summary>
    /// <param name="break">Whoever has it.</param>
    public async Task<ArticleLock> TakeAsync(Guid article, Caller caller, TimeSpan lasts, bool @break, CancellationToken ct)
    {
        while (true)
        {
            var now = Now();
            if (await ReadAsync(Take, ct, now, article, caller.Name, caller.Id, now + lasts, @break) is { } taken)
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
    public async Task<ArticleLock?> ReleaseAsync(Guid article, Caller caller, CancellationToken ct)
    {
        await WriteAsync(
            $"delete from article_lock held where article_id = $2 and (holder_id = $3 or {Over})",
            ct,
            Now(),
            article,
            caller.Id
        );
        return await FindAsync(article, ct);
    }

    public Task<ArticleLock?> FindAsync(Guid article, CancellationToken ct) =>
        ReadAsync($"select {Columns} from article_lock held where article_id = $2 and not {Over}", ct, Now(), article);

    /// <summary>Those of a key that is good for nothing any more, with whatever else the session stores.</summary>
    public static void End(IDocumentSession session, Guid key) =>
        session.QueueSqlCommand("delete from article_lock where holder_id = ?", Caller.IdOfKey(key));

    /// <summary>By article; those that nobody has are not in it.</summary>
    public async Task<IReadOnlyDictionary<Guid, ArticleLock>> FindAsync(Guid[] articles, CancellationToken ct)
    {
        await using var command = database.Command(
            $"select article_id, {Columns} from article_lock held where article_id = any($2) and not {Over}",
            Now(),
            articles
        );
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
        new(row.GetString(first), row.GetFieldValue<DateTimeOffset>(first + 1), row.GetFieldValue<DateTimeOffset>(first + 2))
        {
            HolderId = row.GetString(first + 3),
        };

    DateTimeOffset Now() => clock.GetUtcNow().ToUniversalTime();
}
