using System.Security.Cryptography;
using System.Text;
using Marten;
using NewsPlatform.ServiceDefaults;
using Npgsql;
using Weasel.Postgresql.Tables;

namespace NewsPlatform.Notifications.Email;

/// <summary>A hash, and which key made it: 0 for one that an earlier release made without a key.</summary>
public sealed record AddressHash(long Key, string Text);

/// <summary>
/// Hashes of addresses, by keys that this database has and that change: addresses are so few that a hash without a key is as good as the
/// address itself. There is a kind of key for what is counted in an hour, which is gone a day later, and one for what lasts, by which
/// everything is hashed anew before the old one goes.
/// </summary>
public sealed class AddressHashes(NpgsqlDataSource database, EmailOptions options)
{
    /// <summary>Of who asked for subscriptions, and for whom.</summary>
    public const string Requests = "requests";

    /// <summary>Of who is subscribed.</summary>
    public const string Subscribers = "subscribers";

    const string Table = "email_hash_key";

    /// <summary>Two instances make one between them.</summary>
    const string Renew = $"""
        with one as (select pg_advisory_xact_lock(hashtextextended('{Table} ' || $1, 0)))
        insert into {Table} (kind, secret) select $1, $2 from one
            where not exists (select from {Table} where kind = $1 and made_at > now() - $3)
        """;

    public static void Configure(StoreOptions store)
    {
        var table = new Table($"{store.DatabaseSchemaName}.{Table}");
        table.AddColumn("id", "bigserial").AsPrimaryKey();
        table.AddColumn<string>("kind").NotNull();
        table.AddColumn("secret", "bytea").NotNull();
        table.AddColumn("made_at", "timestamptz").NotNull().DefaultValueByExpression("now()");
        store.Storage.ExtendedSchemaObjects.Add(table);
    }

    /// <summary>By every key that something may have been hashed by, the newest first. What is stored is hashed by that one.</summary>
    public async Task<IReadOnlyList<AddressHash>> OfAsync(string kind, string text, CancellationToken ct) =>
        [.. (await KeysAsync(kind, ct)).Select(key => new AddressHash(key.Id, Of(key.Secret, text)))];

    /// <summary>Keys of what was counted in an hour that is over, and older ones of what lasts when nothing is hashed by them.</summary>
    public async Task ForgetAsync(CancellationToken ct)
    {
        await using var forget = database.Command(
            $"""
            delete from {Table} k where exists (select from {Table} newer
                    where newer.kind = k.kind and newer.id > k.id and newer.made_at < now() - interval '1 hour')
                and (k.kind = '{Requests}' or not exists (select from {EmailTables.Addresses} a where a.key = k.id))
            """
        );
        await forget.ExecuteNonQueryAsync(ct);
    }

    static string Of(byte[] secret, string text) => Convert.ToHexStringLower(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(text)));

    async Task<IReadOnlyList<(long Id, byte[] Secret)>> KeysAsync(string kind, CancellationToken ct)
    {
        var age = kind == Requests ? TimeSpan.FromHours(options.RequestHashHours) : TimeSpan.FromDays(options.AddressHashDays);
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var renew = connection.Command(Renew, kind, RandomNumberGenerator.GetBytes(32), age);
        await renew.ExecuteNonQueryAsync(ct);
        await using var read = connection.Command($"select id, secret from {Table} where kind = $1 order by id desc", kind);
        return await read.ListAsync(row => (row.GetInt64(0), row.GetFieldValue<byte[]>(1)), ct);
    }
}
