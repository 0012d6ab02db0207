using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Notifications.Deliveries;

/// <summary>Keeps the attempts and what waits for subscriptions within their limits.</summary>
public sealed class DeliveryRetention(NpgsqlDataSource database, DeliveryOptions options)
{
    const string OldAttempts = $"delete from {DeliveryTables.Attempts} where at < now() - $1";

    const string TooManyAttempts = $"""
        delete from {DeliveryTables.Attempts} a
        using (select subscription from {DeliveryTables.Attempts} group by subscription having count(*) > $1) many
            cross join lateral (select id from {DeliveryTables.Attempts}
                where subscription = many.subscription order by id desc offset $1 limit 1) last
        where a.subscription = many.subscription and a.id <= last.id
        """;

    /// <summary>What is being recorded just now is left to the next time.</summary>
    const string TooManyNotices = $"""
        with old as materialized (select n.ctid
            from (select subscription from {DeliveryTables.Notices} group by subscription having count(*) > $1) many
            cross join lateral (select number from {DeliveryTables.Notices}
                where subscription = many.subscription order by number desc offset $1 limit 1) last
            join {DeliveryTables.Notices} n on n.subscription = many.subscription and n.number <= last.number
            for update of n skip locked)
        delete from {DeliveryTables.Notices} n using old where n.ctid = old.ctid
        """;

    /// <summary>Attempts that are too old to be looked at go, and of subscriptions that more waits for than is kept, the oldest.</summary>
    /// <returns>How many notices were given up.</returns>
    public async Task<int> TidyAsync(CancellationToken ct)
    {
        await using var old = database.Command(OldAttempts, TimeSpan.FromDays(options.AttemptDays));
        await old.ExecuteNonQueryAsync(ct);
        await using var attempts = database.Command(TooManyAttempts, options.MaxAttempts);
        attempts.CommandTimeout = 0;
        await attempts.ExecuteNonQueryAsync(ct);
        await using var notices = database.Command(TooManyNotices, options.MaxWaiting);
        notices.CommandTimeout = 0;
        return await notices.ExecuteNonQueryAsync(ct);
    }
}
