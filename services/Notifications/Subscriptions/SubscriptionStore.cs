using Marten;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.Notifications.Outbound;
using NewsPlatform.ServiceDefaults;
using Npgsql;
using Weasel.Postgresql.Tables;

namespace NewsPlatform.Notifications.Subscriptions;

/// <summary>
/// The subscriptions and, beside them, an index of what those that are active want: a row for each of the topics that are OR-ed, so that
/// who wants a bulletin is found by its terms and not by a look at everybody.
/// </summary>
public sealed class SubscriptionStore : IDisposable
{
    public const string InterestsTable = "subscription_wants";

    /// <summary>What it wanted before is replaced; since when it was told of a log stays.</summary>
    const string Index = $"""
        with forgotten as (delete from {InterestsTable} where subscription = $1 returning log, since),
        told as (select log, min(since) as since from forgotten group by log)
        insert into {InterestsTable} (subscription, channel, log, term, terms, since, domain)
        select $1, $2, log.id, want.term, want.terms::text[], coalesce(told.since, h.position, 0), $6 from unnest($3::smallint[]) log(id)
        cross join unnest($4::text[], $5::text[]) want(term, terms)
        left join told on told.log = log.id left join {BulletinLog.Heads} h on h.id = log.id
        """;

    const string Forget = $"delete from {InterestsTable} where subscription = $1";

    const string Lock = "select 1 from mt_doc_subscription where id = $1 for update";

    /// <summary>So that two requests at once do not both find room for the last one.</summary>
    const string LockOwner = "select pg_advisory_xact_lock(hashtextextended('subscriptions of ' || $1, 0))";

    const string CountOwned = "select count(*) from mt_doc_subscription where data ->> 'ownerId' = $1";

    /// <summary>That are found in one round trip.</summary>
    const int Together = 200;

    readonly IDocumentStore store;
    readonly NpgsqlDataSource database;
    readonly PortalOptions portal;
    readonly OutboundOptions outbound;
    readonly IPendingDeliveries deliveries;
    readonly RequestCoalescer<Guid, Subscription?> finds;

    public SubscriptionStore(
        IDocumentStore store,
        NpgsqlDataSource database,
        PortalOptions portal,
        OutboundOptions outbound,
        IPendingDeliveries deliveries
    )
    {
        (this.store, this.database, this.portal, this.outbound, this.deliveries) = (store, database, portal, outbound, deliveries);
        finds = new(Together, FindAsync);
    }

    public void Dispose() => finds.Dispose();

    public static void Configure(StoreOptions options)
    {
        options
            .Schema.For<Subscription>()
            .Index(s => s.Owner!, index => index.Name = "subscription_owner")
            .Index(s => s.OwnerId!, index => index.Name = "subscription_owner_id");
        var wants = new Table($"{options.DatabaseSchemaName}.{InterestsTable}");
        wants.AddColumn<long>("id").AsPrimaryKey().AutoIncrement();
        wants.AddColumn<Guid>("subscription").NotNull();
        wants.AddColumn<string>("channel").NotNull();
        wants.AddColumn("log", "smallint").NotNull();
        wants.AddColumn<string>("term").NotNull();
        wants.AddColumn("terms", "text[]").NotNull();
        wants.AddColumn<long>("since").NotNull();
        wants.AddColumn("domain", "text").NotNull().DefaultValueByExpression("''");
        wants.Indexes.Add(new IndexDefinition("subscription_wants_term") { Columns = ["log", "term"] });
        wants.Indexes.Add(new IndexDefinition("subscription_wants_subscription") { Columns = ["subscription"] });
        options.Storage.ExtendedSchemaObjects.Add(wants);
    }

    public Task<Subscription?> FindAsync(Guid id, CancellationToken ct) => finds.AskAsync(id).WaitAsync(ct);

    /// <remarks>No cancellation is passed on here: the read is that of many, of whom none may end it for the others.</remarks>
    async Task<IReadOnlyList<Subscription?>> FindAsync(IReadOnlyList<Guid> ids)
    {
        await using var session = store.QuerySession();
        var found = (await session.LoadManyAsync<Subscription>(ids.Distinct().ToArray())).ToDictionary(s => s.Id);
        return [.. ids.Select(found.GetValueOrDefault)];
    }

    /// <summary>The active ones of an owner on one channel.</summary>
    /// <param name="owner">As <see cref="Caller.Id"/>.</param>
    public async Task<IReadOnlyList<Subscription>> ActiveAsync(string owner, string kind, CancellationToken ct)
    {
        await using var session = store.QuerySession();
        return await session
            .Query<Subscription>()
            .Where(s => s.OwnerId == owner && s.Kind == kind && s.State == SubscriptionState.Active)
            .OrderBy(s => s.Id)
            .ToListAsync(ct);
    }

    /// <summary>
    /// Stores it with what it wants. An active one is told of every bulletin whose place in the log comes after this one's commit, and of
    /// none before; one that was active already keeps its place. What others may change meanwhile is changed by <see cref="ChangeAsync"/>.
    /// </summary>
    public async Task UpsertAsync(Subscription subscription, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await UpsertAsync(connection, transaction, subscription, ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Stores a new one, unless its owner has too many already.</summary>
    /// <param name="most">That one owner may have.</param>
    /// <exception cref="ProblemException">409 that names the limit.</exception>
    public async Task AddAsync(Subscription subscription, int most, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await ExecuteAsync(connection, LockOwner, subscription.OwnerId!, ct);
        await using (var count = connection.Command(CountOwned, subscription.OwnerId))
        {
            if ((long)(await count.ExecuteScalarAsync(ct))! >= most)
            {
                throw new ProblemException(
                    409,
                    "too-many-subscriptions",
                    $"{subscription.Owner} has {most} subscriptions, and may have no more; end one first."
                )
                {
                    Members = { ["limit"] = most },
                };
            }
        }
        await UpsertAsync(connection, transaction, subscription, ct);
        await transaction.CommitAsync(ct);
    }

    /// <summary>Changes one as it is now, whoever else changes it at the same time.</summary>
    /// <param name="change">Gives the same object back when nothing is to be changed.</param>
    /// <returns>As it is then; null when there is none any more.</returns>
    public async Task<Subscription?> ChangeAsync(Guid id, Func<Subscription, Subscription> change, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await ExecuteAsync(connection, Lock, id, ct);
        Subscription? before;
        await using (var session = store.LightweightSession(Marten.Services.SessionOptions.ForTransaction(transaction)))
        {
            before = await session.LoadAsync<Subscription>(id, ct);
        }
        if (before is null)
        {
            return null;
        }
        var after = change(before);
        if (!ReferenceEquals(after, before))
        {
            await UpsertAsync(connection, transaction, after, ct);
            await transaction.CommitAsync(ct);
        }
        return after;
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
        await ExecuteAsync(connection, Forget, id, ct);
        await deliveries.ForgetAsync(connection, id, attempts: true, ct);
        await transaction.CommitAsync(ct);
    }

    async Task UpsertAsync(NpgsqlConnection connection, NpgsqlTransaction transaction, Subscription subscription, CancellationToken ct)
    {
        await using (var session = store.LightweightSession(Marten.Services.SessionOptions.ForTransaction(transaction)))
        {
            session.Store(subscription);
            await session.SaveChangesAsync(ct);
        }
        if (subscription.State != SubscriptionState.Active)
        {
            await ExecuteAsync(connection, Forget, subscription.Id, ct);
            await deliveries.ForgetAsync(connection, subscription.Id, attempts: false, ct);
            return;
        }
        var wants = Topics
            .Stored(subscription.Topics, portal)
            .AnyOf.Select(all => (Term: Topics.IndexTerm(all), Terms: $"{{{string.Join(',', all.Select(Quoted))}}}"))
            .ToArray();
        if (wants.Length == 0)
        {
            wants = [(Topics.Everything, "{}")];
        }
        await using var index = connection.Command(
            Index,
            subscription.Id,
            subscription.Kind,
            subscription.Target.Logs.Select(log => (short)log).ToArray(),
            wants.Select(w => w.Term).ToArray(),
            wants.Select(w => w.Terms).ToArray(),
            subscription.Target.Host is { } host ? Domains.Of(host, outbound) : ""
        );
        await index.ExecuteNonQueryAsync(ct);
    }

    static async Task ExecuteAsync(NpgsqlConnection connection, string sql, object value, CancellationToken ct)
    {
        await using var command = connection.Command(sql, value);
        await command.ExecuteNonQueryAsync(ct);
    }

    static string Quoted(string term) =>
        $"\"{term.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
}
