using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Notifications.Deliveries;

/// <summary>The attempts to deliver that are kept for the owners of subscriptions to look at.</summary>
public sealed class AttemptLog(NpgsqlDataSource database, TimeProvider clock)
{
    public const string Delivery = "delivery";
    public const string Verification = "verification";
    public const string Test = "test";

    /// <summary>That another subscription of the same owner was disabled.</summary>
    public const string Ended = "ended";

    /// <summary>Of a subscription that is there; an attempt that is kept already stays as it is.</summary>
    const string Note = $"""
        insert into {DeliveryTables.Attempts} (id, subscription, at, about, notices, outcome, status, milliseconds, fault)
        select * from jsonb_to_recordset($1) as a(id uuid, subscription uuid, at timestamptz, about text, notices text[],
            outcome text, status integer, milliseconds integer, fault text)
        where exists (select from mt_doc_subscription s where s.id = a.subscription) on conflict do nothing
        """;

    /// <summary>Keeps an attempt that is about no notice.</summary>
    public async Task<AttemptView> NoteAsync(Guid subscription, string about, string message, Attempt attempt, CancellationToken ct)
    {
        var view = View(about, [message], attempt);
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var batch = new NpgsqlBatch(connection) { BatchCommands = { InBatch([(subscription, view)]) } };
        await batch.ExecuteNonQueryAsync(ct);
        return view;
    }

    /// <summary>A page of a subscription's attempts, the newest first.</summary>
    public async Task<IReadOnlyList<AttemptView>> ReadAsync(Guid subscription, Guid before, int limit, CancellationToken ct)
    {
        await using var read = database.Command(
            $"""
            select id, at, about, notices, outcome, status, milliseconds, fault
            from {DeliveryTables.Attempts} where subscription = $1 and id < $2 order by id desc limit $3
            """,
            subscription,
            before,
            limit
        );
        return await read.ListAsync(
            row => new AttemptView(
                row.GetGuid(0),
                row.GetFieldValue<DateTimeOffset>(1),
                row.GetString(2),
                row.GetFieldValue<string[]>(3),
                row.GetString(4),
                row.GetInt32(6),
                row.ValueOrNull<int>(5),
                row.IsDBNull(7) ? null : row.GetString(7)
            ),
            ct
        );
    }

    /// <summary>Keeps attempts that are about notices, as one of several statements that are sent together.</summary>
    internal NpgsqlBatchCommand InBatch(IEnumerable<(Guid Subscription, Attempt Attempt)> attempts) =>
        InBatch([.. attempts.Select(a => (a.Subscription, View(Delivery, [.. a.Attempt.Notices.Select(n => n.Id)], a.Attempt)))]);

    static NpgsqlBatchCommand InBatch(IReadOnlyList<(Guid Subscription, AttemptView View)> attempts) =>
        Rows.InBatch(
            Note,
            DeliveryTables.Json(
                attempts.Select(a => new
                {
                    id = a.View.Id,
                    subscription = a.Subscription,
                    at = a.View.At,
                    about = a.View.About,
                    notices = a.View.Messages,
                    outcome = a.View.Outcome,
                    status = a.View.Status,
                    milliseconds = a.View.Milliseconds,
                    fault = a.View.Fault,
                })
            )
        );

    AttemptView View(string about, IReadOnlyList<string> messages, Attempt attempt)
    {
        var now = UtcTimes.Micros(clock.GetUtcNow());
        return new(
            Guid.CreateVersion7(now),
            now,
            about,
            messages,
            attempt.Outcome.ToString().ToLowerInvariant(),
            (int)Math.Min(attempt.Took.TotalMilliseconds, int.MaxValue),
            attempt.Status,
            attempt.Fault
        );
    }
}
