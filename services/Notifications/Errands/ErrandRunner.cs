using NewsPlatform.Notifications.Deliveries;
using NewsPlatform.Notifications.Outbound;
using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Notifications.Errands;

/// <summary>Runs the errands of a kind when their time has come. What an instance that dies has left, another one runs when its lease ends.</summary>
public sealed class ErrandRunner(IJob kind, JobStore book, NpgsqlDataSource database, ErrandOptions options, ILogger<ErrandRunner> log) : BackgroundService
{
    static readonly TimeSpan afterFault = TimeSpan.FromSeconds(10);
    static readonly TimeSpan look = TimeSpan.FromSeconds(1);

    readonly TimeSpan lease = TimeSpan.FromSeconds(options.LeaseSeconds);
    readonly int concurrency = kind.Concurrency ?? options.Concurrency;
    readonly ConcurrencyLimiter slots = new(kind.Concurrency ?? options.Concurrency);
    readonly Lanes? lanes = kind.PerDomain is { } most ? new(most) : null;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await PostgresListener.ListenAsync(database, JobStore.Due, LookAsync, log, stoppingToken);
        // Those under way give their lease back.
        await slots.CloseAsync();
    }

    Task LookAsync(CancellationToken ct)
    {
        return lanes is null ? slots.FillAsync(concurrency, ClaimAsync, errand => RunAsync(errand, ct), ct) : slots.FillAsync(concurrency, ClaimAsync, RunInLaneAsync, lanes, look, ct);

        Task<IReadOnlyList<Job>> ClaimAsync(int room) => book.ClaimAsync(kind.Kind, room, lease, lanes, ct);

        async Task RunInLaneAsync(Job errand)
        {
            await RunAsync(errand, ct);
            lanes.Leave(errand.Domain);
        }
    }

    async Task RunAsync(Job errand, CancellationToken ct)
    {
        var again = new Retry(TimeSpan.Zero, Failed: false);
        try
        {
            again = await kind.RunAsync(errand, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Whoever is free next runs it.
        }
        catch (Exception fault) when (TransientFault.IsTransient(fault) || errand.Failures < options.MaxFaults)
        {
            log.LogWarning("{Kind} of {Subscription} broke off; it is run again: {Fault}", kind.Kind, errand.Id, fault.Message);
            again = new(afterFault, Failed: true) { Counts = !TransientFault.IsTransient(fault) };
        }
        catch (Exception fault)
        {
            log.LogError("{Kind} of {Subscription} broke off {Times} times in a row and is given up: {Fault}", kind.Kind, errand.Id, errand.Failures + 1, fault.Message);
            again = null;
        }
        try
        {
            await book.EndAsync(kind.Kind, errand, again, CancellationToken.None);
        }
        catch (Exception fault) when (fault is NpgsqlException or TimeoutException or InvalidOperationException)
        {
            log.LogWarning("{Kind} of {Subscription} is run again when its lease ends: {Fault}", kind.Kind, errand.Id, fault.Message);
        }
    }
}
