using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.DryRun;

/// <summary>
/// Every few minutes Publishing stores a breaking bulletin that is no news, and it takes the way of a real one: through the event store,
/// the relay and the broker into the log, and by every channel to a receiver of our own. Nobody hears it but who asks for the topic
/// <c>dry-run</c>. What does not arrive in time raises the alarm, so that a wire that is cut is known before there is news.
/// </summary>
public sealed class DryRunWatch : PeriodicService, IHealthCheck
{
    static readonly Counter<long> missing = Telemetry.Meter.CreateCounter<long>(
        "news.dryrun.missing",
        "{run}",
        "Dry runs that a channel did not bring in time, as this instance sees it"
    );

    readonly DryRuns runs;
    readonly DryRunListeners listeners;
    readonly DryRunSubscriptions subscriptions;
    readonly DryRunOptions options;
    readonly TimeProvider clock;
    readonly ILogger<DryRunWatch> log;
    readonly TimeSpan patience;
    readonly Queue<long> open = new();
    bool subscribed;
    long newest;
    volatile string? alarm;

    public DryRunWatch(
        DryRuns runs,
        DryRunListeners listeners,
        DryRunSubscriptions subscriptions,
        DryRunOptions options,
        TimeProvider clock,
        ILogger<DryRunWatch> log
    )
        : base(TimeSpan.FromMilliseconds(500), clock, log, "Dry runs could not be looked for")
    {
        (this.runs, this.listeners, this.subscriptions, this.options, this.clock, this.log) = (
            runs,
            listeners,
            subscriptions,
            options,
            clock,
            log
        );
        patience = TimeSpan.FromSeconds(options.AlarmSeconds);
        // What began while this instance was starting may come late, or not at all to its own streams.
        newest = (clock.GetUtcNow() + patience).ToUnixTimeMilliseconds();
        Telemetry.Meter.CreateObservableGauge(
            "news.dryrun.alarm",
            () => alarm is null ? 0 : 1,
            description: "1 while the last dry run has not come on every channel"
        );
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(alarm is { } why ? HealthCheckResult.Degraded(why) : HealthCheckResult.Healthy());

    protected override async Task RunOnceAsync(CancellationToken ct)
    {
        try
        {
            if (!subscribed)
            {
                await subscriptions.UpsertAsync(ct);
                subscribed = true;
            }
            var (begun, arrived) = await runs.NewestAsync(ct);
            if (begun > newest)
            {
                open.Enqueue(newest = begun);
            }
            Judge(arrived);
            if (clock.GetUtcNow() - At(newest) > patience + TimeSpan.FromSeconds(options.EverySeconds))
            {
                Alarm($"no dry run has come from Publishing since {At(newest):HH:mm:ss} UTC");
            }
        }
        catch (Exception fault) when (!ct.IsCancellationRequested)
        {
            Alarm($"it is not known whether dry runs arrive: {fault.Message}");
        }
    }

    /// <summary>The oldest first, each until it has come on every channel or its time is over.</summary>
    void Judge(IReadOnlyDictionary<string, long> arrived)
    {
        while (open.TryPeek(out var run))
        {
            string[] lacking =
            [
                .. listeners.Heard.Where(stream => stream.Value < run).Select(stream => stream.Key).Order(),
                .. subscriptions.Channels.Where(channel => arrived.GetValueOrDefault(channel) < run),
            ];
            if (lacking.Length == 0)
            {
                if (alarm is not null)
                {
                    log.LogInformation("Dry runs arrive again on every channel");
                }
                alarm = null;
            }
            else if (clock.GetUtcNow() - At(run) > patience)
            {
                foreach (var channel in lacking)
                {
                    missing.Add(1, new KeyValuePair<string, object?>("channel", channel));
                }
                Alarm(
                    $"the dry run of {At(run):HH:mm:ss} UTC was not seen within {options.AlarmSeconds} s on {string.Join(", ", lacking)}"
                );
            }
            else
            {
                return;
            }
            open.Dequeue();
        }
    }

    static DateTimeOffset At(long run) => DateTimeOffset.FromUnixTimeMilliseconds(run);

    void Alarm(string why)
    {
        if (alarm != why)
        {
            log.LogError("Dry run: {Alarm}", why);
        }
        alarm = why;
    }
}
