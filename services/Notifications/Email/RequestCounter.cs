using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Notifications.Email;

/// <summary>How many subscriptions were asked for in the last hour, and by and for whom; every instance counts in the same place.</summary>
public sealed class RequestCounter(NpgsqlDataSource database, AddressHashes hashes)
{
    const string Count = $"""
        with locked as (select pg_advisory_xact_lock(hashtextextended($1, 0))),
        old as (delete from {EmailTables.Requests} where at < now() - interval '1 hour')
        select (select count(*) from {EmailTables.Requests} where hash = any($2) and at >= now() - interval '1 hour') from locked
        """;

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
            await using var count = connection.Command(Count, known[^1], known);
            if ((long)(await count.ExecuteScalarAsync(ct))! >= most)
            {
                return false;
            }
            await using var add = connection.Command($"insert into {EmailTables.Requests} (hash) values ($1)", known[0]);
            await add.ExecuteNonQueryAsync(ct);
        }
        await transaction.CommitAsync(ct);
        return true;
    }

    /// <summary>Forgets what was asked for more than an hour ago.</summary>
    public async Task TidyAsync(CancellationToken ct)
    {
        await using var tidy = database.Command($"delete from {EmailTables.Requests} where at < now() - interval '1 hour'");
        await tidy.ExecuteNonQueryAsync(ct);
    }
}
