using System.Diagnostics.Metrics;
using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Notifications.Deliveries;

/// <summary>Counts what waits, for every instance to show.</summary>
public sealed class DeliveryMetrics : PeriodicService
{
    const string ByChannel = $"""
        select channel, count(*),
            greatest(extract(epoch from now() - min(due_at) filter (where leased_until is null or leased_until < now())), 0)::float8
        from {DeliveryTables.Outbox} where due_at < 'infinity' group by channel
        """;

    readonly NpgsqlDataSource database;
    readonly NoticeWriter notices;
    volatile IReadOnlyList<(string Channel, long Waiting, double LateSeconds)> channels = [];
    long unspread;

    public DeliveryMetrics(NpgsqlDataSource database, NoticeWriter notices, TimeProvider clock, ILogger<DeliveryMetrics> log)
        : base(TimeSpan.FromSeconds(15), clock, log, "What waits could not be counted")
    {
        (this.database, this.notices) = (database, notices);
        Telemetry.Meter.CreateObservableGauge(
            "news.outbox.waiting",
            () => channels.Select(c => new Measurement<long>(c.Waiting, OfChannel(c.Channel))),
            "{subscription}",
            "Subscriptions that something waits for, also for its retry"
        );
        Telemetry.Meter.CreateObservableGauge(
            "news.outbox.late",
            () => channels.Select(c => new Measurement<double>(c.LateSeconds, OfChannel(c.Channel))),
            "s",
            "For how long the first of them has waited past its turn"
        );
        Telemetry.Meter.CreateObservableGauge(
            "news.fanout.waiting",
            () => Volatile.Read(ref unspread),
            "{bulletin}",
            "Bulletins that are not spread to the subscriptions yet"
        );
    }

    /// <summary>The label that tells channels from each other in every metric of deliveries.</summary>
    public static KeyValuePair<string, object?> OfChannel(string kind) => new("channel", kind);

    protected override async Task RunOnceAsync(CancellationToken ct)
    {
        await using var count = database.Command(ByChannel);
        channels = await count.ListAsync(row => (row.GetString(0), row.GetInt64(1), row.GetDouble(2)), ct);
        Volatile.Write(ref unspread, await notices.UnspreadAsync(ct));
    }
}
