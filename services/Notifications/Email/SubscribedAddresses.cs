using System.Security.Cryptography;
using System.Text;
using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Notifications.Email;

/// <summary>Which subscription an address has: one of a frequency and a language. Addresses are known here by their hashes alone.</summary>
public sealed class SubscribedAddresses(NpgsqlDataSource database, AddressHashes hashes)
{
    const string Replace = $"""
        with old as materialized (select hash, subscription from {EmailTables.Addresses}
            where hash = any($5) and frequency = $2 and language = $3 order by hash = $1 desc limit 1),
        gone as (delete from {EmailTables.Addresses} where hash = any($5) and hash <> $1 and frequency = $2 and language = $3)
        insert into {EmailTables.Addresses} (hash, frequency, language, subscription, key) values ($1, $2, $3, $4, $6)
        on conflict (hash, frequency, language) do update set subscription = excluded.subscription
        returning (select subscription from old)
        """;

    const string HashAnew = $"""
        update {EmailTables.Addresses} a set hash = $2, key = $3 where subscription = $1 and key <> $3
            and not exists (select from {EmailTables.Addresses} b
                where b.hash = $2 and b.frequency = a.frequency and b.language = a.language)
        """;

    /// <summary>From now on the subscription is that of the address; what was mailed to the one before it counts as mailed to it.</summary>
    /// <returns>The one before it.</returns>
    public async Task<Guid?> ReplaceAsync(Guid id, EmailTarget target, CancellationToken ct)
    {
        var known = await HashesAsync(target.Address, ct);
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using var replace = connection.Command(
            Replace,
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
            await using var mailed = connection.Command(
                $"update {EmailTables.Stories} set subscription = $2 where subscription = $1",
                before,
                id
            );
            await mailed.ExecuteNonQueryAsync(ct);
            await using var after = connection.Command(
                $"""
                update {EmailTables.Digests} d set after = o.after, until = null
                from {EmailTables.Digests} o where o.subscription = $1 and d.subscription = $2
                """,
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
            select a.subscription, s.data -> 'target' ->> 'address'
            from {EmailTables.Addresses} a join mt_doc_subscription s on s.id = a.subscription where a.key <> $1
            """,
            newest
        );
        foreach (var (subscription, address) in await read.ListAsync(row => (row.GetGuid(0), row.GetString(1)), ct))
        {
            var hash = (await HashesAsync(address, ct))[0];
            await using var anew = database.Command(HashAnew, subscription, hash.Text, hash.Key);
            await anew.ExecuteNonQueryAsync(ct);
        }
    }

    /// <summary>Forgets addresses whose subscriptions are gone.</summary>
    public async Task TidyAsync(CancellationToken ct)
    {
        await using var tidy = database.Command(
            $"delete from {EmailTables.Addresses} a where not exists (select from mt_doc_subscription s where s.id = a.subscription)"
        );
        await tidy.ExecuteNonQueryAsync(ct);
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
}
