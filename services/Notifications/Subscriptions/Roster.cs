using Marten;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.Notifications.Deliveries;
using NewsPlatform.Notifications.Stream;
using NewsPlatform.ServiceDefaults;
using Npgsql;
using Weasel.Postgresql.Tables;

namespace NewsPlatform.Notifications.Subscriptions;

/// <summary>
/// The subscriptions and, beside them, an index of what those that are active want: a row for each of the topics that are OR-ed, so that who wants a
/// bulletin is found by its terms and not by a look at everybody.
/// </summary>
public sealed class Roster(IDocumentStore store, NpgsqlDataSource database, PortalOptions portal)
{
    public const string Wants = "subscription_wants";

    /// <summary>The term of a topic that is everything.</summary>
    public const string Everything = "*";

    const string Index = $"""
        insert into {Wants} (subscription, channel, log, term, terms, since)
        select $1, $2, log.id, want.term, want.terms::text[], coalesce($6, h.position, 0) from unnest($3::smallint[]) log(id)
        cross join unnest($4::text[], $5::text[]) want(term, terms) left join {BulletinLog.Heads} h on h.id = log.id
        """;

    const string Forget = $"with forgotten as (delete from {Wants} where subscription = $1 returning since) select min(since) from forgotten";

    public static void Configure(StoreOptions options)
    {
        options.Schema.For<Subscription>().Index(s => s.Owner!, index => index.Name = "subscription_owner");
        var wants = new Table($"{options.DatabaseSchemaName}.{Wants}");
        wants.AddColumn<long>("id").AsPrimaryKey().AutoIncrement();
        wants.AddColumn<Guid>("subscription").NotNull();
        wants.AddColumn<string>("channel").NotNull();
        wants.AddColumn("log", "smallint").NotNull();
        wants.AddColumn<string>("term").NotNull();
        wants.AddColumn("terms", "text[]").NotNull();
        wants.AddColumn<long>("since").NotNull();
        wants.Indexes.Add(new IndexDefinition("subscription_wants_term") { Columns = ["log", "term"] });
        wants.Indexes.Add(new IndexDefinition("subscription_wants_subscription") { Columns = ["subscription"] });
        options.Storage.ExtendedSchemaObjects.Add(wants);
    }

    public async Task<Subscription?> FindAsync(Guid id, CancellationToken ct)
    {
        await using var session = store.QuerySession();
        return await session.LoadAsync<Subscription>(id, ct);
    }

    /// <summary>
    /// Stores it with what it wants, in the transaction of whatever else is stored. An active one is told of every bulletin whose place in the log comes
    /// after this one's commit, and of none before; one that was active already keeps its place.
    /// </summary>
    public async Task KeepAsync(Subscription subscription, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using (var session = store.LightweightSession(Marten.Services.SessionOptions.ForTransaction(transaction)))
        {
            session.Store(subscription);
            await session.SaveChangesAsync(ct);
        }
        var since = await ForgetWantsAsync(connection, transaction, subscription.Id, ct);
        if (subscription.State == SubscriptionState.Active)
        {
            var wants = Topics.Parse(subscription.Topics, portal).AnyOf.Select(all => (Term: Rarest(all), Terms: $"{{{string.Join(',', all.Select(Quoted))}}}")).ToArray();
            if (wants.Length == 0)
            {
                wants = [(Everything, "{}")];
            }
            await using var index = new NpgsqlCommand(Index, connection, transaction)
            {
                Parameters =
                {
                    new() { Value = subscription.Id }, new() { Value = subscription.Kind }, new() { Value = subscription.Target.Logs.Select(log => (short)log).ToArray() },
                    new() { Value = wants.Select(w => w.Term).ToArray() }, new() { Value = wants.Select(w => w.Terms).ToArray() },
                    new() { Value = since ?? (object)DBNull.Value, NpgsqlDbType = NpgsqlTypes.NpgsqlDbType.Bigint },
                },
            };
            await index.ExecuteNonQueryAsync(ct);
        }
        else
        {
            await Outbox.ForgetAsync(connection, transaction, subscription.Id, attempts: false, ct);
        }
        await transaction.CommitAsync(ct);
    }

    /// <summary>Forgets it and everything that waits for it.</summary>
    public async Task DeleteAsync(Guid id, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using (var session = store.LightweightSession(Marten.Services.SessionOptions.ForTransaction(transaction)))
        {
            session.Delete<Subscription>(id);
            await session.SaveChangesAsync(ct);
        }
        await ForgetWantsAsync(connection, transaction, id, ct);
        await Outbox.ForgetAsync(connection, transaction, id, attempts: true, ct);
        await transaction.CommitAsync(ct);
    }

    /// <returns>Since which place in the logs it was told; null when it was not.</returns>
    static async Task<long?> ForgetWantsAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, Guid id, CancellationToken ct)
    {
        await using var forget = new NpgsqlCommand(Forget, connection, transaction) { Parameters = { new() { Value = id } } };
        return await forget.ExecuteScalarAsync(ct) as long?;
    }

    /// <summary>The term by which a topic of several is found: that which the fewest bulletins are likely to have.</summary>
    static string Rarest(IReadOnlyList<string> all) => all.MinBy(term => term.Split(':')[0] switch { "article" => 0, "keyword" => 1, "breaking" => 2, "category" => 3, _ => 4 })!;

    static string Quoted(string term) => $"\"{term.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
