using Marten;
using NewsPlatform.Contracts;
using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Notifications.Subscriptions;

/// <summary>
/// Ends the subscriptions of keys that are revoked or have expired, and finds out whose those are that earlier releases stored by their
/// owner's name alone. Every instance does so, and what one has done, the next finds done.
/// </summary>
public sealed class OwnerWatch(
    SubscriptionStore subscriptions,
    IDocumentStore store,
    NpgsqlDataSource database,
    TimeProvider clock,
    ILogger<OwnerWatch> log
) : PeriodicService(TimeSpan.FromSeconds(5), clock, log, "Whose keys have ended could not be read")
{
    public const string Revoked = "the key that it belongs to was revoked";
    public const string Expired = "the key that it belongs to has expired";

    /// <summary>Begins the id of an owner that was a key of which nothing is known but its name: nobody's.</summary>
    const string Former = "former:";

    /// <summary>Read in one go; the next look has the others.</summary>
    const int Together = 500;

    const string OfEnded = """
        select s.id, coalesce((k.data ->> 'revoked')::boolean, false)
        from mt_doc_subscription s join mt_doc_key k on s.data ->> 'ownerId' = 'key:' || k.id
        where lower(s.data ->> 'state') <> 'disabled'
            and ((k.data ->> 'revoked')::boolean or (k.data ->> 'expiresAt')::timestamptz <= now()) limit $1
        """;

    const string OfKey = "select id, true from mt_doc_subscription where data ->> 'ownerId' = $1 and lower(data ->> 'state') <> 'disabled'";

    /// <summary>
    /// Keys come by messages, some of them perhaps after this service has started; what is theirs waits so long for them.
    /// </summary>
    static readonly TimeSpan patience = TimeSpan.FromMinutes(10);

    readonly TimeProvider clock = clock;
    readonly long began = clock.GetTimestamp();

    public static bool IsFormer(string owner) => owner.StartsWith(Former, StringComparison.Ordinal);

    public static string Another(string? name) => $"it belonged to a key of the name {name?.Split(':', 2)[^1]} that there is no more";

    /// <summary>A key was revoked: nothing of its is told any more, nor what waits.</summary>
    public async Task EndAsync(Guid key, CancellationToken ct)
    {
        await using var find = database.Command(OfKey, Caller.IdOfKey(key));
        await EndAsync(await find.ListAsync(row => (row.GetGuid(0), row.GetBoolean(1)), ct), ct);
    }

    /// <summary>
    /// Whose a subscription is that an earlier release stored by its owner's name: of the key that had the name when it was made, which is
    /// the newest that was made before it. A name that was given to another key since says nothing.
    /// </summary>
    /// <param name="named">All keys that ever had the name.</param>
    /// <returns>The same object while that cannot be known.</returns>
    public static Subscription Decide(Subscription subscription, IReadOnlyList<KeyChanged> named, bool waitedLongEnough)
    {
        if (subscription is not { Owner: { } owner, OwnerId: null })
        {
            return subscription;
        }
        if (!owner.StartsWith(KeyRing.NamePrefix, StringComparison.Ordinal))
        {
            return subscription with
            {
                OwnerId = owner.StartsWith(Caller.IdOfToken(""), StringComparison.Ordinal) ? owner : Caller.IdOfToken(owner),
            };
        }
        if (owner == Security.AdminId)
        {
            return subscription with { OwnerId = owner };
        }
        if (named.Where(key => key.MadeAt <= subscription.MadeAt).MaxBy(key => key.MadeAt) is { } key)
        {
            var known = subscription with { OwnerId = Caller.IdOfKey(key.KeyId) };
            return key.Revoked ? Ended(known, Revoked) : known;
        }
        return named.Count > 0 ? Ended(subscription with { OwnerId = $"{Former}{owner}" }, Another(owner))
            : waitedLongEnough ? Ended(subscription, Another(owner))
            : subscription;
    }

    protected override async Task RunOnceAsync(CancellationToken ct)
    {
        await MigrateAsync(clock.GetElapsedTime(began) > patience, ct);
        await using var find = database.Command(OfEnded, Together);
        await EndAsync(await find.ListAsync(row => (row.GetGuid(0), row.GetBoolean(1)), ct), ct);
    }

    async Task EndAsync(IReadOnlyList<(Guid Subscription, bool Revoked)> ended, CancellationToken ct)
    {
        foreach (var (id, revoked) in ended)
        {
            var changed = false;
            await subscriptions.ChangeAsync(
                id,
                now => (changed = now.State != SubscriptionState.Disabled) ? Ended(now, revoked ? Revoked : Expired) : now,
                ct
            );
            if (changed)
            {
                log.LogInformation("{Subscription} is disabled: {Because}", id, revoked ? Revoked : Expired);
            }
        }
    }

    async Task MigrateAsync(bool waitedLongEnough, CancellationToken ct)
    {
        await using var session = store.QuerySession();
        var stored = await session.QueryAsync<Subscription>(
            "where d.data ->> 'owner' is not null and d.data ->> 'ownerId' is null order by d.id limit ?",
            ct,
            Together
        );
        if (stored.Count == 0)
        {
            return;
        }
        var named = (await session.Query<KeyChanged>().ToListAsync(ct)).ToLookup(key => $"{KeyRing.NamePrefix}{key.Name}");
        var (found, ended) = (0, 0);
        foreach (var id in stored.Where(s => !ReferenceEquals(Decide(s, [.. named[s.Owner!]], waitedLongEnough), s)).Select(s => s.Id))
        {
            Subscription? before = null;
            var after = await subscriptions.ChangeAsync(id, now => Decide(before = now, [.. named[now.Owner!]], waitedLongEnough), ct);
            found += after is not null && before!.OwnerId != after.OwnerId ? 1 : 0;
            ended += after is not null && before!.State != after.State ? 1 : 0;
        }
        if (found + ended > 0)
        {
            log.LogInformation(
                "Of the subscriptions that an earlier release stored by name, {Found} belong to their owner's id now; "
                    + "{Ended} are disabled, since that owner's key is no more",
                found,
                ended
            );
        }
    }

    static Subscription Ended(Subscription subscription, string because) =>
        subscription.State == SubscriptionState.Disabled
            ? subscription
            : subscription with
            {
                State = SubscriptionState.Disabled,
                DisabledBecause = because,
            };
}
