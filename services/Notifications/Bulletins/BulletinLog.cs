using Marten;
using NewsPlatform.Contracts;
using NewsPlatform.ServiceDefaults;
using Npgsql;
using NpgsqlTypes;
using Weasel.Postgresql.Tables;

namespace NewsPlatform.Notifications.Bulletins;

/// <summary>
/// The log of bulletins. A position is given out under a row lock that is held until the bulletin is committed, so whoever has seen a
/// position has seen every lower one: a database sequence would not promise that.
/// </summary>
public sealed class BulletinLog(IDocumentStore store, NpgsqlDataSource database)
{
    /// <summary>The channel of PostgreSQL's NOTIFY that says that the log has grown.</summary>
    public const string Grown = "bulletins";

    /// <summary>A row for each <see cref="Log"/>: the last position that it gave out.</summary>
    public const string Heads = "bulletin_head";

    /// <summary>
    /// What comes behind a position, of either log, as Marten takes it: an expression would be translated anew for every bulletin.
    /// </summary>
    public const string Next = "where d.id > ? order by d.id limit ?";

    const int TrimAtOnce = 1_000;

    /// <summary>
    /// The whole of an append in one statement: the article's newest version that was told, if that is an older one; the next position,
    /// under its row's lock until this is committed; the bulletin; and word of it.
    /// </summary>
    const string Append = $"""
        with told as (insert into mt_doc_deliveredversion as d (id, data, mt_dotnet_type) values ($1, $2, $3)
                on conflict (id) do update set data = excluded.data, mt_last_modified = now()
                where (d.data ->> 'version')::bigint < (excluded.data ->> 'version')::bigint returning id),
            head as (insert into {Heads} as h (id, position) select 1, 1 from told
                on conflict (id) do update set position = h.position + 1 returning position),
            said as (insert into mt_doc_bulletin (id, data, mt_dotnet_type)
                select position, $4 || jsonb_build_object('position', position), $5 from head returning id)
        select id, pg_notify('{Grown}', $6) from said
        """;

    const string LockTold = "select from mt_doc_deliveredversion where id = $1 for update";

    /// <summary>The same where earlier bulletins say of the article what this one says, and no reason.</summary>
    static readonly string appendMasked = Append.Replace(
        "\nselect id, pg_notify",
        """
        ,
            masked as (update mt_doc_bulletin set data = jsonb_set(data - 'reason', '{article}', $4 -> 'article')
                where cast(data -> 'article' ->> 'id' as uuid) = $1 and exists (select from told))
        select id, pg_notify
        """,
        StringComparison.Ordinal
    );

    public static void Configure(StoreOptions options)
    {
        options.Schema.For<Bulletin>().Identity(b => b.Position).Index(b => b.Article.Id, index => index.Name = "bulletin_article");
        options.Schema.For<DeliveredVersion>();
        var head = new Table($"public.{Heads}");
        head.AddColumn<int>("id").AsPrimaryKey();
        head.AddColumn<long>("position").NotNull();
        options.Storage.ExtendedSchemaObjects.Add(head);
    }

    /// <summary>Adds what the message says that subscribers have not been told yet; null when that is nothing.</summary>
    /// <param name="masked">Earlier bulletins keep their places but say of the article what this one says, and no reason.</param>
    public async Task<Bulletin?> AppendAsync(BulletinKind kind, PublicArticle article, string? reason, bool masked, CancellationToken ct)
    {
        var bulletin = new Bulletin
        {
            Position = 0,
            Kind = kind,
            Article = LineItem.Of(article),
            Reason = reason,
        };
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = masked ? await connection.BeginTransactionAsync(ct) : null;
        if (masked)
        {
            // An append of the article that is under way has to be seen by what masks the earlier ones.
            await using var others = connection.Command(LockTold, article.ArticleId);
            await others.ExecuteNonQueryAsync(ct);
        }
        await using var append = connection.Command(
            masked ? appendMasked : Append,
            article.ArticleId,
            Json(new DeliveredVersion(article.ArticleId, article.Version)),
            typeof(DeliveredVersion).FullName,
            Json(bulletin),
            typeof(Bulletin).FullName,
            PostgresListener.Origin
        );
        if (await append.ListAsync(row => row.GetInt64(0), ct) is not [var position])
        {
            return null;
        }
        await (transaction?.CommitAsync(ct) ?? Task.CompletedTask);
        PostgresListener.Signal(database, Grown);
        return bulletin with { Position = position };
    }

    NpgsqlParameter Json<T>(T document)
        where T : notnull => new() { Value = store.Options.Serializer().ToJson(document), NpgsqlDbType = NpgsqlDbType.Jsonb };

    public async Task<IReadOnlyList<Bulletin>> ReadAsync(long after, int limit, CancellationToken ct)
    {
        await using var session = store.QuerySession();
        return await session.QueryAsync<Bulletin>(Next, ct, after, limit);
    }

    /// <summary>Bulletins that came to the log longer ago leave it; the trade's too.</summary>
    /// <returns>How many did.</returns>
    public async Task<int> TrimAsync(TimeSpan keep, CancellationToken ct)
    {
        var trimmed = 0;
        foreach (var table in new[] { "mt_doc_bulletin", "mt_doc_tradebulletin" })
        {
            int some;
            do
            {
                await using var trim = database.Command(
                    $"""
                    with first as materialized (select id, mt_last_modified from {table} order by id limit {TrimAtOnce})
                    delete from {table} where id in (select id from first where mt_last_modified < now() - $1)
                    """,
                    keep
                );
                trimmed += some = await trim.ExecuteNonQueryAsync(ct);
            } while (some == TrimAtOnce);
        }
        return trimmed;
    }

    /// <summary>
    /// The first position that is still kept and the last one that was given out; the first is past the last when nothing is kept.
    /// </summary>
    public async Task<(long Oldest, long Newest)> BoundsAsync(CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            $"""
            select h.position, (select min(id) from mt_doc_bulletin)
            from (select coalesce(max(position), 0) as position from {Heads} where id = 1) h
            """
        );
        await using var reader = await command.ExecuteReaderAsync(ct);
        await reader.ReadAsync(ct);
        var newest = reader.GetInt64(0);
        return (await reader.IsDBNullAsync(1, ct) ? newest + 1 : reader.GetInt64(1), newest);
    }
}
