using System.Text.Json.Serialization;
using Marten;
using NewsPlatform.Contracts;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Notifications.Embargoes;

/// <summary>One thing to tell the trade of an article under embargo; never told on any other channel.</summary>
public sealed record TradeBulletin
{
    /// <summary>Its place in the trade's log, from 1.</summary>
    public required long Position { get; init; }

    /// <summary>When this service heard of it.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>As readers will have it, to prepare with.</summary>
    public required PublicArticle Article { get; init; }

    /// <summary>Not to be passed on before; a time that is past says that it is free.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? EmbargoedUntil { get; init; }

    /// <summary>For editors, not for readers.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? EditorNote { get; init; }

    /// <summary>Why it is withdrawn for good: not to be passed on at all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Withdrawn { get; init; }
}

/// <summary>What the trade was told, in order; positions are given out as those of <see cref="BulletinLog"/> are.</summary>
public sealed class TradeLog(IDocumentStore store, NpgsqlDataSource database)
{
    static readonly string lockHead = $"""
        insert into {BulletinLog.Heads} (id, position) values ({(short)Log.Trade}, 0)
        on conflict (id) do update set position = {BulletinLog.Heads}.position returning position
        """;

    public static void Configure(StoreOptions options) =>
        options
            .Schema.For<TradeBulletin>()
            .Identity(b => b.Position)
            .Index(b => b.Article.ArticleId, index => index.Name = "trade_bulletin_article");

    /// <summary>
    /// Keeps the newest of what the trade may know and tells it; a version that is not newer changes nothing and tells nothing.
    /// </summary>
    public async Task AppendAsync(Embargoed embargoed, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var lockHeadNow = connection.Command(lockHead);
        var position = (long)(await lockHeadNow.ExecuteScalarAsync(ct))! + 1;
        await using var session = store.LightweightSession(Marten.Services.SessionOptions.ForTransaction(transaction));
        if ((await session.LoadAsync<Embargoed>(embargoed.Id, ct))?.Article.Version >= embargoed.Article.Version)
        {
            return;
        }
        session.TryUpdateRevision(embargoed, embargoed.Article.Version);
        var bulletin = new TradeBulletin
        {
            Position = position,
            At = embargoed.ChangedAt,
            Article = embargoed.Article,
            EmbargoedUntil = embargoed.EmbargoedUntil,
            EditorNote = embargoed.EditorNote,
            Withdrawn = embargoed.Withdrawn,
        };
        // What still waits to be told of the article before says no more than this: it may have been masked, or withdrawn.
        session.QueueSqlCommand(
            """
            update mt_doc_tradebulletin set data = ?::jsonb || jsonb_build_object('position', id)
            where cast(data -> 'article' ->> 'articleId' as uuid) = ?
            """,
            store.Options.Serializer().ToJson(bulletin),
            embargoed.Id
        );
        session.Insert(bulletin);
        session.QueueSqlCommand($"update {BulletinLog.Heads} set position = ? where id = {(short)Log.Trade}", position);
        session.QueueSqlCommand($"notify {BulletinLog.Grown}");
        await session.SaveChangesAsync(ct);
        await transaction.CommitAsync(ct);
    }
}
