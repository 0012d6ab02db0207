using System.Diagnostics.Metrics;
using Marten;
using MassTransit;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using NewsPlatform.Contracts;
using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.ServiceDefaults;
using Npgsql;
using Weasel.Postgresql.Tables;

namespace NewsPlatform.Notifications.DryRun;

/// <summary>
/// Every few minutes a breaking bulletin that is no news takes the way of a real one: through the broker, into the log, to those who listen and to those
/// who subscribed. Nobody hears it but who asks for the topic <c>dry-run</c>. What does not arrive in time raises the alarm, so that a wire that is cut is
/// known before there is news.
/// </summary>
public sealed class DryRuns : BackgroundService, IHealthCheck
{
    public const string Stream = "stream";
    public const string Subscribed = "subscriptions";

    const string Clock = "dry_run_clock";
    const string Arrivals = "dry_run_arrival";

    /// <summary>Won by one instance.</summary>
    const string Begin = $"""
        insert into {Clock} (id, begun_at) values (1, now()) on conflict (id) do update set begun_at = now() where {Clock}.begun_at <= now() - $1 returning begun_at
        """;

    const string Arrive = $"insert into {Arrivals} (run, channel) values ($1, $2) on conflict do nothing";

    static readonly string[] channels = [Stream, Subscribed];
    static readonly TimeSpan askedEvery = TimeSpan.FromSeconds(1);
    static readonly Histogram<double> delay = Telemetry.DelayHistogram("news.dryrun.delay", "From a dry run's being sent to its arrival, by channel");
    static readonly Counter<long> missing = Telemetry.Meter.CreateCounter<long>("news.dryrun.missing", "{run}", "Dry runs that a channel did not have in time");

    readonly IBus bus;
    readonly Roster roster;
    readonly NpgsqlDataSource database;
    readonly DryRunOptions options;
    readonly TimeProvider clock;
    readonly ILogger<DryRuns> log;
    volatile string? alarm;

    public DryRuns(IBus bus, Roster roster, NpgsqlDataSource database, DryRunOptions options, TimeProvider clock, ILogger<DryRuns> log)
    {
        (this.bus, this.roster, this.database, this.options, this.clock, this.log) = (bus, roster, database, options, clock, log);
        Telemetry.Meter.CreateObservableGauge("news.dryrun.alarm", () => alarm is null ? 0 : 1, description: "1 while the last dry run that this instance began is missing on a channel");
    }

    public static void Configure(StoreOptions options)
    {
        var begun = new Table($"{options.DatabaseSchemaName}.{Clock}");
        begun.AddColumn<int>("id").AsPrimaryKey();
        begun.AddColumn("begun_at", "timestamptz").NotNull();
        var arrivals = new Table($"{options.DatabaseSchemaName}.{Arrivals}");
        arrivals.AddColumn<long>("run").AsPrimaryKey();
        arrivals.AddColumn<string>("channel").AsPrimaryKey();
        options.Storage.ExtendedSchemaObjects.Add(begun);
        options.Storage.ExtendedSchemaObjects.Add(arrivals);
    }

    /// <summary>A channel has it. The number of a run is its time in Unix milliseconds, and the version of its article.</summary>
    public async Task ArriveAsync(string channel, LineItem article, CancellationToken ct)
    {
        delay.Record((clock.GetUtcNow() - article.UpdatedAt).TotalSeconds, new KeyValuePair<string, object?>("channel", channel));
        await using var arrive = database.Command(Arrive, article.Version, channel);
        await arrive.ExecuteNonQueryAsync(ct);
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(alarm is { } why ? HealthCheckResult.Degraded(why) : HealthCheckResult.Healthy());

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        for (var subscribed = false; options.EverySeconds > 0 && !stoppingToken.IsCancellationRequested;)
        {
            try
            {
                if (!subscribed)
                {
                    await roster.KeepAsync(DryRunChannel.Subscription(clock.GetUtcNow()), stoppingToken);
                    subscribed = true;
                }
                if (await IsTurnAsync(stoppingToken))
                {
                    await RunAsync(stoppingToken);
                }
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                Alarm($"a dry run could not be made: {fault.Message}");
            }
            await Task.Delay(askedEvery, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    async Task<bool> IsTurnAsync(CancellationToken ct)
    {
        await using var begin = database.Command(Begin, TimeSpan.FromSeconds(options.EverySeconds));
        return await begin.ExecuteScalarAsync(ct) is not null;
    }

    async Task RunAsync(CancellationToken ct)
    {
        var at = clock.GetUtcNow();
        var run = at.ToUnixTimeMilliseconds();
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(ct);
        patience.CancelAfter(TimeSpan.FromSeconds(options.AlarmSeconds));
        string[] lacking = channels;
        try
        {
            var inbox = await bus.GetSendEndpoint(new Uri($"exchange:{Topology.Notifications.Queue}?type=fanout"));
            await inbox.Send(new DryRunBegun(run, UtcTimes.Micros(at)), patience.Token);
            while (lacking.Length > 0)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(250), clock, patience.Token);
                lacking = [.. channels.Except(await ArrivedAsync(run, patience.Token))];
            }
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            foreach (var channel in lacking)
            {
                missing.Add(1, new KeyValuePair<string, object?>("channel", channel));
            }
            Alarm($"the dry run of {at:HH:mm:ss} UTC was not seen within {options.AlarmSeconds} s on {string.Join(" and ", lacking)}");
            return;
        }
        if (alarm is not null)
        {
            log.LogInformation("Dry runs arrive again on every channel");
        }
        alarm = null;
        await using var forget = database.Command($"delete from {Arrivals} where run < $1", run);
        await forget.ExecuteNonQueryAsync(ct);
    }

    async Task<IReadOnlyList<string>> ArrivedAsync(long run, CancellationToken ct)
    {
        await using var arrived = database.Command($"select channel from {Arrivals} where run = $1", run);
        return await arrived.ListAsync(row => row.GetString(0), ct);
    }

    void Alarm(string why)
    {
        alarm = why;
        log.LogError("Dry run: {Alarm}", why);
    }
}
