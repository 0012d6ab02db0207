using System.Security.Cryptography;
using System.Text;
using Marten;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.ServiceDefaults;
using Npgsql;
using Weasel.Postgresql.Tables;

namespace NewsPlatform.Notifications.Email;

/// <summary>How far a daily subscription's digests came.</summary>
/// <param name="After">The bulletin up to which everything was said.</param>
/// <param name="Until">The bulletin up to which the digest under way goes, so that it is the same however often it is tried; null when none
/// is.</param>
public sealed record Progress(DateTimeOffset NextAt, long After, long? Until);

/// <summary>A story as somebody was mailed it last.</summary>
/// <param name="MessageId">Of the first mail about it, by which later ones are put beside it.</param>
public sealed record Mailed(long Version, string MessageId);

/// <summary>Who was mailed what, and who asked for how much.</summary>
public sealed class MailHistory(NpgsqlDataSource database, AddressHashes hashes)
{
    const string Stories = "email_mailed";
    const string Digests = "email_digest";
    public const string Addresses = "email_address";
    const string Requests = "email_request";

    public static void Configure(StoreOptions options)
    {
        var stories = new Table($"{options.DatabaseSchemaName}.{Stories}");
        stories.AddColumn<Guid>("subscription").AsPrimaryKey();
        stories.AddColumn<Guid>("article").AsPrimaryKey();
        stories.AddColumn<long>("version").NotNull();
        stories.AddColumn<string>("message_id").NotNull();
        stories.AddColumn("at", "timestamptz").NotNull().DefaultValueByExpression("now()");
        stories.Indexes.Add(new IndexDefinition("email_mailed_at") { Columns = ["at"] });

        var digests = new Table($"{options.DatabaseSchemaName}.{Digests}");
        digests.AddColumn<Guid>("subscription").AsPrimaryKey();
        digests.AddColumn("next_at", "timestamptz").NotNull();
        digests.AddColumn<long>("after").NotNull();
        digests.AddColumn("until", "bigint");

        var addresses = new Table($"{options.DatabaseSchemaName}.{Addresses}");
        addresses.AddColumn<string>("hash").AsPrimaryKey();
        addresses.AddColumn<string>("frequency").AsPrimaryKey();
        addresses.AddColumn<string>("language").AsPrimaryKey();
        addresses.AddColumn<Guid>("subscription").NotNull();
        addresses.AddColumn("key", "bigint").NotNull().DefaultValueByExpression("0");
        addresses.Indexes.Add(new IndexDefinition("email_address_subscription") { Columns = ["subscription"] });

        var requests = new Table($"{options.DatabaseSchemaName}.{Requests}");
        requests.AddColumn("id", "bigserial").AsPrimaryKey();
        requests.AddColumn<string>("hash").NotNull();
        requests.AddColumn("at", "timestamptz").NotNull().DefaultValueByExpression("now()");
        requests.Indexes.Add(new IndexDefinition("email_request_hash") { Columns = ["hash", "at"] });

        foreach (var table in new[] { stories, digests, addresses, requests })
        {
            options.Storage.ExtendedSchemaObjects.Add(table);
        }
    }

    /// <summary>Counts a request for each of these, unless it is one too many in the hour for one of them.</summary>
    /// <param name="limits">What is counted, and how often it may be.</param>
    /// <returns>Whether none was too many.</returns>
    public async Task<bool> CountAsync(IReadOnlyList<(string Name, int Most)> limits, CancellationToken ct)
    {
        var counted = new List<(string[] Hashes, int Most)>();
        foreach (var (name, most) in limits)
        {
            counted.Add(([.. (await hashes.OfAsync(AddressHashes.Requests, name, ct)).Select(hash => hash.Text)], most));
        }
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        // In one order, so that two requests do not wait for each other.
        foreach (var (known, most) in counted.OrderBy(l => l.Hashes[^1], StringComparer.Ordinal))
        {
            await using var count = connection.Command(
                $"""
                with locked as (select pg_advisory_xact_lock(hashtextextended($1, 0))), old as (delete from {Requests} where at < now() - interval '1 hour')
                select (select count(*) from {Requests} where hash = any($2) and at >= now() - interval '1 hour') from locked
                """,
                known[^1],
                known
            );
            if ((long)(await count.ExecuteScalarAsync(ct))! >= most)
            {
                return false;
            }
            await using var add = connection.Command($"insert into {Requests} (hash) values ($1)", known[0]);
            await add.ExecuteNonQueryAsync(ct);
        }
        await transaction.CommitAsync(ct);
        return true;
    }

    /// <summary>From now on the subscription is that of the address; what was mailed to the one before it counts as mailed to it.</summary>
    /// <returns>The one before it.</returns>
    public async Task<Guid?> ReplaceAsync(Guid id, EmailTarget target, CancellationToken ct)
    {
        var known = await HashesAsync(target.Address, ct);
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var replace = connection.Command(
            $"""
            with old as materialized (select hash, subscription from {Addresses} where hash = any($5) and frequency = $2 and language = $3 order by hash = $1 desc limit 1),
            gone as (delete from {Addresses} where hash = any($5) and hash <> $1 and frequency = $2 and language = $3)
            insert into {Addresses} (hash, frequency, language, subscription, key) values ($1, $2, $3, $4, $6)
            on conflict (hash, frequency, language) do update set subscription = excluded.subscription returning (select subscription from old)
            """,
            known[0].Text,
            target.Frequency,
            target.Language,
            id,
            known.Select(hash => hash.Text).ToArray(),
            known[0].Key
        );
        var old = await replace.ExecuteScalarAsync(ct) as Guid?;
        if (old is { } before && before != id)
        {
            await using var mailed = connection.Command($"update {Stories} set subscription = $2 where subscription = $1", before, id);
            await mailed.ExecuteNonQueryAsync(ct);
            await using var after = connection.Command(
                $"update {Digests} d set after = o.after, until = null from {Digests} o where o.subscription = $1 and d.subscription = $2",
                before,
                id
            );
            await after.ExecuteNonQueryAsync(ct);
        }
        await transaction.CommitAsync(ct);
        return old == id ? null : old;
    }

    /// <summary>Addresses that are hashed by an older key, or by none, are hashed by the newest.</summary>
    public async Task HashAnewAsync(CancellationToken ct)
    {
        // Whatever text it is of: the newest key's number is asked for.
        var newest = (await hashes.OfAsync(AddressHashes.Subscribers, "", ct))[0].Key;
        await using var read = database.Command(
            $"""
            select a.subscription, s.data -> 'target' ->> 'address' from {Addresses} a join mt_doc_subscription s on s.id = a.subscription where a.key <> $1
            """,
            newest
        );
        foreach (var (subscription, address) in await read.ListAsync(row => (row.GetGuid(0), row.GetString(1)), ct))
        {
            var hash = (await HashesAsync(address, ct))[0];
            await ExecuteAsync(
                $"""
                update {Addresses} a set hash = $2, key = $3 where subscription = $1 and key <> $3
                    and not exists (select from {Addresses} b where b.hash = $2 and b.frequency = a.frequency and b.language = a.language)
                """,
                ct,
                subscription,
                hash.Text,
                hash.Key
            );
        }
    }

    /// <summary>By the newest key first, and as an earlier release made it last.</summary>
    async Task<IReadOnlyList<AddressHash>> HashesAsync(string address, CancellationToken ct)
    {
        var text = address.ToLowerInvariant();
        return
        [
            .. await hashes.OfAsync(AddressHashes.Subscribers, text, ct),
            new(0, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))),
        ];
    }

    /// <summary>The first digest says what comes from now on.</summary>
    public Task BeginAsync(Guid subscription, DateTimeOffset nextAt, CancellationToken ct) =>
        ExecuteAsync(
            $"insert into {Digests} (subscription, next_at, after) values ($1, $2, coalesce((select position from {BulletinLog.Heads} where id = 1), 0)) on conflict (subscription) do nothing",
            ct,
            subscription,
            nextAt
        );

    public async Task<Progress?> ProgressAsync(Guid subscription, CancellationToken ct)
    {
        await using var read = database.Command($"select next_at, after, until from {Digests} where subscription = $1", subscription);
        await using var row = await read.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct) ? new(row.GetFieldValue<DateTimeOffset>(0), row.GetInt64(1), row.ValueOrNull<long>(2)) : null;
    }

    /// <summary>Says how far the digest goes that is now under way; one that was under way already goes as far as it did.</summary>
    public async Task<long> UntilAsync(Guid subscription, CancellationToken ct)
    {
        await using var until = database.Command(
            $"update {Digests} set until = coalesce(until, (select position from {BulletinLog.Heads} where id = 1), 0) where subscription = $1 returning until",
            subscription
        );
        return (long)(await until.ExecuteScalarAsync(ct))!;
    }

    /// <summary>The digest was mailed, or had nothing to say.</summary>
    /// <param name="told">The stories that it said, as they are.</param>
    /// <param name="withdrawn">Those of which it said that they are no more: news if they should return.</param>
    public async Task DoneAsync(
        Guid subscription,
        DateTimeOffset nextAt,
        IReadOnlyList<(Guid Id, long Version)> told,
        IReadOnlyList<Guid> withdrawn,
        string messageId,
        CancellationToken ct
    )
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var stories = connection.Command(
            $"""
            insert into {Stories} (subscription, article, version, message_id) select $1, story.id, story.version, $4 from unnest($2::uuid[], $3::bigint[]) story(id, version)
            on conflict (subscription, article) do update set version = excluded.version, at = now()
            """,
            subscription,
            told.Select(s => s.Id).ToArray(),
            told.Select(s => s.Version).ToArray(),
            messageId
        );
        await stories.ExecuteNonQueryAsync(ct);
        await using var gone = connection.Command(
            $"delete from {Stories} where subscription = $1 and article = any($2)",
            subscription,
            withdrawn.ToArray()
        );
        await gone.ExecuteNonQueryAsync(ct);
        await using var digest = connection.Command(
            $"update {Digests} set after = coalesce(until, after), until = null, next_at = $2 where subscription = $1",
            subscription,
            nextAt
        );
        await digest.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>The digest was not taken: the next one says what it would have said.</summary>
    public Task PutOffAsync(Guid subscription, DateTimeOffset nextAt, CancellationToken ct) =>
        ExecuteAsync($"update {Digests} set until = null, next_at = $2 where subscription = $1", ct, subscription, nextAt);

    /// <summary>The versions of these stories that somebody was mailed.</summary>
    public async Task<IReadOnlyDictionary<Guid, long>> VersionsAsync(
        Guid subscription,
        IReadOnlyCollection<Guid> articles,
        CancellationToken ct
    )
    {
        await using var read = database.Command(
            $"select article, version from {Stories} where subscription = $1 and article = any($2)",
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
            $"select version, message_id from {Stories} where subscription = $1 and article = $2",
            subscription,
            article
        );
        await using var row = await read.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct) ? new(row.GetInt64(0), row.GetString(1)) : null;
    }

    public Task MailedAsync(Guid subscription, Guid article, Mailed mailed, CancellationToken ct) =>
        ExecuteAsync(
            $"""
            insert into {Stories} (subscription, article, version, message_id) values ($1, $2, $3, $4)
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
            insert into {SubscriptionStore.InterestsTable} (subscription, channel, log, term, terms, since) select $1, '{EmailTarget.Kind}', {(short)
                Log.Public}, $2, array[$2], $3
            where not exists (select from {SubscriptionStore.InterestsTable} where subscription = $1 and term = $2)
            """,
            ct,
            subscription,
            $"article:{article:D}",
            position
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
            with stories as (delete from {Stories} where subscription = $1), digests as (delete from {Digests} where subscription = $1) delete from {Addresses} where subscription = $1
            """,
            ct,
            subscription
        );

    /// <summary>
    /// What was mailed so long ago that nobody is told of its corrections any more; those of subscriptions that are gone, too.
    /// </summary>
    public async Task TidyAsync(int days, CancellationToken ct)
    {
        await ExecuteAsync(
            $"""
            with old as (delete from {Stories} where at < now() - make_interval(days => $1) returning subscription, article)
            delete from {SubscriptionStore.InterestsTable} w using old where w.subscription = old.subscription and w.channel = '{EmailTarget.Kind}' and w.term = 'article:' || old.article and w.terms = array[w.term]::text[]
            """,
            ct,
            days
        );
        await ExecuteAsync($"delete from {Requests} where at < now() - interval '1 hour'", ct);
        await ExecuteAsync(
            $"delete from {Addresses} a where not exists (select from mt_doc_subscription s where s.id = a.subscription)",
            ct
        );
    }

    async Task ExecuteAsync(string sql, CancellationToken ct, params object[] values)
    {
        await using var command = database.Command(sql, values);
        await command.ExecuteNonQueryAsync(ct);
    }
}
