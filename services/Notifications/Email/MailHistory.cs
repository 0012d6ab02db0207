using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Notifications.Email;

/// <summary>A story as somebody was mailed it last.</summary>
/// <param name="MessageId">Of the first mail about it, by which later ones are put beside it.</param>
public sealed record Mailed(long Version, string MessageId);

/// <summary>Which stories somebody was mailed, so that a correction of them is mailed too.</summary>
public sealed class MailHistory(NpgsqlDataSource database)
{
    /// <summary>The versions of these stories that somebody was mailed.</summary>
    public async Task<IReadOnlyDictionary<Guid, long>> VersionsAsync(
        Guid subscription,
        IReadOnlyCollection<Guid> articles,
        CancellationToken ct
    )
    {
        await using var read = database.Command(
            $"select article, version from {EmailTables.Stories} where subscription = $1 and article = any($2)",
            subscription,
            articles.ToArray()
        );
        return (await read.ListAsync(row => (Article: row.GetGuid(0), Version: row.GetInt64(1)), ct)).ToDictionary(
            story => story.Article,
            story => story.Version
        );
    }

    public async Task<Mailed?> MailedAsync(Guid subscription, Guid article, CancellationToken ct)
    {
        await using var read = database.Command(
            $"select version, message_id from {EmailTables.Stories} where subscription = $1 and article = $2",
            subscription,
            article
        );
        await using var row = await read.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct) ? new(row.GetInt64(0), row.GetString(1)) : null;
    }

    public Task MailedAsync(Guid subscription, Guid article, Mailed mailed, CancellationToken ct) =>
        ExecuteAsync(
            $"""
            insert into {EmailTables.Stories} (subscription, article, version, message_id) values ($1, $2, $3, $4)
            on conflict (subscription, article) do update set version = excluded.version, at = now()
            """,
            ct,
            subscription,
            article,
            mailed.Version,
            mailed.MessageId
        );

    /// <summary>From now on the subscription is told of everything that becomes of the article, whatever it is about then.</summary>
    public Task FollowAsync(Guid subscription, Guid article, long position, CancellationToken ct) =>
        ExecuteAsync(
            $"""
            insert into {SubscriptionStore.InterestsTable} (subscription, channel, log, term, terms, since)
            select $1, '{EmailTarget.Kind}', $4, $2, array[$2], $3
            where not exists (select from {SubscriptionStore.InterestsTable} where subscription = $1 and term = $2)
            """,
            ct,
            subscription,
            $"article:{article:D}",
            position,
            (short)Log.Public
        );

    /// <summary>The article was not mailed after all.</summary>
    public Task UnfollowAsync(Guid subscription, Guid article, CancellationToken ct) =>
        ExecuteAsync(
            $"delete from {SubscriptionStore.InterestsTable} where subscription = $1 and term = $2 and terms = array[$2]",
            ct,
            subscription,
            $"article:{article:D}"
        );

    /// <summary>Nothing is known of a subscription any more.</summary>
    public Task ForgetAsync(Guid subscription, CancellationToken ct) =>
        ExecuteAsync(
            $"""
            with stories as (delete from {EmailTables.Stories} where subscription = $1),
            digests as (delete from {EmailTables.Digests} where subscription = $1)
            delete from {EmailTables.Addresses} where subscription = $1
            """,
            ct,
            subscription
        );

    /// <summary>
    /// Forgets what was mailed so long ago that nobody is told of its corrections any more; those of subscriptions that are gone, too.
    /// </summary>
    public Task TidyAsync(int days, CancellationToken ct) =>
        ExecuteAsync(
            $"""
            with old as (delete from {EmailTables.Stories} where at < now() - make_interval(days => $1) returning subscription, article)
            delete from {SubscriptionStore.InterestsTable} w using old where w.subscription = old.subscription
                and w.channel = '{EmailTarget.Kind}' and w.term = 'article:' || old.article and w.terms = array[w.term]::text[]
            """,
            ct,
            days
        );

    async Task ExecuteAsync(string sql, CancellationToken ct, params object[] values)
    {
        await using var command = database.Command(sql, values);
        await command.ExecuteNonQueryAsync(ct);
    }
}
