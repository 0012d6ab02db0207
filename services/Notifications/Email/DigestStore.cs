using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Notifications.Email;

/// <summary>How far a daily subscription's digests came.</summary>
/// <param name="After">The bulletin up to which everything was said.</param>
/// <param name="Until">The bulletin up to which the digest under way goes, so that it is the same however often it is tried; null when none
/// is.</param>
public sealed record Progress(DateTimeOffset NextAt, long After, long? Until);

/// <summary>How far the digests of each subscription came.</summary>
public sealed class DigestStore(NpgsqlDataSource database)
{
    /// <summary>The first digest says what comes from now on.</summary>
    public Task BeginAsync(Guid subscription, DateTimeOffset nextAt, CancellationToken ct) =>
        ExecuteAsync(
            $"""
            insert into {EmailTables.Digests} (subscription, next_at, after)
            values ($1, $2, coalesce((select position from {BulletinLog.Heads} where id = 1), 0)) on conflict (subscription) do nothing
            """,
            ct,
            subscription,
            nextAt
        );

    public async Task<Progress?> ProgressAsync(Guid subscription, CancellationToken ct)
    {
        await using var read = database.Command(
            $"select next_at, after, until from {EmailTables.Digests} where subscription = $1",
            subscription
        );
        await using var row = await read.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct) ? new(row.GetFieldValue<DateTimeOffset>(0), row.GetInt64(1), row.ValueOrNull<long>(2)) : null;
    }

    /// <summary>Says how far the digest goes that is now under way; one that was under way already goes as far as it did.</summary>
    public async Task<long> UntilAsync(Guid subscription, CancellationToken ct)
    {
        await using var until = database.Command(
            $"""
            update {EmailTables.Digests} set until = coalesce(until, (select position from {BulletinLog.Heads} where id = 1), 0)
            where subscription = $1 returning until
            """,
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
            insert into {EmailTables.Stories} (subscription, article, version, message_id)
            select $1, story.id, story.version, $4 from unnest($2::uuid[], $3::bigint[]) story(id, version)
            on conflict (subscription, article) do update set version = excluded.version, at = now()
            """,
            subscription,
            told.Select(s => s.Id).ToArray(),
            told.Select(s => s.Version).ToArray(),
            messageId
        );
        await stories.ExecuteNonQueryAsync(ct);
        await using var gone = connection.Command(
            $"delete from {EmailTables.Stories} where subscription = $1 and article = any($2)",
            subscription,
            withdrawn.ToArray()
        );
        await gone.ExecuteNonQueryAsync(ct);
        await using var digest = connection.Command(
            $"update {EmailTables.Digests} set after = coalesce(until, after), until = null, next_at = $2 where subscription = $1",
            subscription,
            nextAt
        );
        await digest.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>The digest was not taken: the next one says what it would have said.</summary>
    public Task PutOffAsync(Guid subscription, DateTimeOffset nextAt, CancellationToken ct) =>
        ExecuteAsync($"update {EmailTables.Digests} set until = null, next_at = $2 where subscription = $1", ct, subscription, nextAt);

    async Task ExecuteAsync(string sql, CancellationToken ct, params object[] values)
    {
        await using var command = database.Command(sql, values);
        await command.ExecuteNonQueryAsync(ct);
    }
}
