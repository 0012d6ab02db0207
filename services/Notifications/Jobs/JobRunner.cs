using NewsPlatform.Notifications.Due;
using NewsPlatform.Notifications.Outbound;
using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Notifications.Jobs;

/// <summary>
/// Runs the jobs of a kind when their time has come. What an instance that dies has left, another one runs when its lease ends.
/// </summary>
public sealed class JobRunner(IJob kind, JobStore jobs, DueWork due, JobOptions options, ILogger<JobRunner> log) : BackgroundService
{
    static readonly TimeSpan afterFault = TimeSpan.FromSeconds(10);
    static readonly TimeSpan look = TimeSpan.FromSeconds(1);

    readonly TimeSpan lease = TimeSpan.FromSeconds(options.LeaseSeconds);
    readonly int concurrency = kind.Concurrency ?? options.Concurrency;
    readonly ConcurrencyLimiter limiter = new(kind.Concurrency ?? options.Concurrency);
    readonly Lanes? lanes = kind.PerDomain is { } most ? new(most) : null;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await due.DoAsync(kind.Kind, JobStore.Due(kind.Kind), LookAsync, log, stoppingToken);
        // Those under way give their lease back.
        await limiter.CloseAsync();
    }

    Task LookAsync(CancellationToken ct)
    {
        return lanes is null
            ? limiter.FillAsync(concurrency, ClaimAsync, job => RunAsync(job, ct), ct)
            : limiter.FillAsync(concurrency, ClaimAsync, RunInLaneAsync, lanes, look, ct);

        Task<IReadOnlyList<Job>> ClaimAsync(int room) => jobs.ClaimAsync(kind.Kind, room, lease, lanes, ct);

        async Task RunInLaneAsync(Job job)
        {
            await RunAsync(job, ct);
            lanes.Leave(job.Domain);
        }
    }

    async Task RunAsync(Job job, CancellationToken ct)
    {
        Retry? retry = new(TimeSpan.Zero, Failed: false) { Counts = false };
        try
        {
            retry = await kind.RunAsync(job, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Whoever is free next runs it.
        }
        catch (Exception fault) when (TransientFault.IsTransient(fault) || job.Failures < options.MaxFaults)
        {
            log.LogWarning("{Kind} of {Subscription} broke off; it is run again: {Fault}", kind.Kind, job.Id, fault.Message);
            retry = new(afterFault, Failed: true) { Counts = !TransientFault.IsTransient(fault) };
        }
        catch (Exception fault)
        {
            log.LogError(
                "{Kind} of {Subscription} broke off {Times} times in a row and is given up: {Fault}",
                kind.Kind,
                job.Id,
                job.Failures + 1,
                fault.Message
            );
            retry = null;
        }
        try
        {
            // Also when the service stops: a job that is done is not to be run again, and one that is not need not wait for its lease.
            await jobs.EndAsync(kind.Kind, job, retry, CancellationToken.None);
        }
        catch (Exception fault) when (fault is NpgsqlException or TimeoutException or InvalidOperationException)
        {
            log.LogWarning("{Kind} of {Subscription} is run again when its lease ends: {Fault}", kind.Kind, job.Id, fault.Message);
        }
    }
}
