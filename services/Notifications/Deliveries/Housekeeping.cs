using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Deliveries;

/// <summary>What grows is kept short, and what waits is counted. Every instance does so; what one has done, the next finds done.</summary>
public sealed class Housekeeping : BackgroundService
{
    static readonly TimeSpan countedEvery = TimeSpan.FromSeconds(15);
    static readonly TimeSpan tidiedEvery = TimeSpan.FromMinutes(10);

    readonly Outbox outbox;
    readonly BulletinLog bulletins;
    readonly DeliveryOptions deliveries;
    readonly BulletinOptions keeping;
    readonly TimeProvider clock;
    readonly ILogger<Housekeeping> log;
    volatile IReadOnlyList<(string Channel, long Waiting, double LateSeconds)> standing = [];

    long unspread;

    public Housekeeping(
        Outbox outbox,
        BulletinLog bulletins,
        DeliveryOptions deliveries,
        BulletinOptions keeping,
        TimeProvider clock,
        ILogger<Housekeeping> log
    )
    {
        (this.outbox, this.bulletins, this.deliveries, this.keeping, this.clock, this.log) = (
            outbox,
            bulletins,
            deliveries,
            keeping,
            clock,
            log
        );
        Telemetry.Meter.CreateObservableGauge(
            "news.outbox.waiting",
            () =>
                standing.Select(s => new System.Diagnostics.Metrics.Measurement<long>(
                    s.Waiting,
                    new KeyValuePair<string, object?>("channel", s.Channel)
                )),
            "{subscription}",
            "Subscriptions that something waits for, also for its retry"
        );
        Telemetry.Meter.CreateObservableGauge(
            "news.outbox.late",
            () =>
                standing.Select(s => new System.Diagnostics.Metrics.Measurement<double>(
                    s.LateSeconds,
                    new KeyValuePair<string, object?>("channel", s.Channel)
                )),
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

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var tidiedAt = DateTimeOffset.MinValue;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                standing = await outbox.StandingAsync(stoppingToken);
                unspread = await outbox.UnspreadAsync(stoppingToken);
                if (clock.GetUtcNow() - tidiedAt >= tidiedEvery)
                {
                    if (await outbox.TidyAsync(stoppingToken) is > 0 and var givenUp)
                    {
                        log.LogWarning(
                            "{Notices} notices were given up, since more than {MaxWaiting} waited for one subscription",
                            givenUp,
                            deliveries.MaxWaiting
                        );
                    }
                    if (await bulletins.TrimAsync(TimeSpan.FromDays(keeping.KeepDays), stoppingToken) is > 0 and var trimmed)
                    {
                        log.LogInformation("{Bulletins} bulletins were older than {Days} days and left the log", trimmed, keeping.KeepDays);
                    }
                    tidiedAt = clock.GetUtcNow();
                }
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning("What waits could not be counted, or what is old not be removed; it is tried again: {Fault}", fault.Message);
            }
            await Task.Delay(countedEvery, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
