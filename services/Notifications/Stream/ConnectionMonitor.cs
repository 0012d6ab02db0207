using Microsoft.Extensions.Diagnostics.HealthChecks;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Stream;

/// <summary>
/// Looks after connections by one clock for all of them: signs of life, rotation, keys that open no more. When the service stops it ends
/// them one after the other and tells each another time to come back, so that they do not all come at once to the instances that are left.
/// </summary>
public sealed class ConnectionMonitor(
    ConnectionAdmission admission,
    StreamOptions options,
    TimeProvider clock,
    ILogger<ConnectionMonitor> log
) : PeriodicService(round, clock, log, "Connections could not be looked after"), IHostedLifecycleService, IHealthCheck
{
    static readonly TimeSpan round = TimeSpan.FromSeconds(1);
    static readonly TimeSpan step = TimeSpan.FromMilliseconds(100);

    protected override Task RunOnceAsync(CancellationToken ct)
    {
        // Half a round early rather than late.
        var (now, silence) = (Environment.TickCount64, options.HeartbeatSeconds * 1_000 - (long)round.TotalMilliseconds / 2);
        foreach (var connection in admission.Connections)
        {
            connection.Tend(now, silence);
        }
        return Task.CompletedTask;
    }

    /// <summary>Before anything else stops, so that bulletins go out to the last.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        admission.Closed = true;
        var left = admission.Connections.ToArray();
        Random.Shared.Shuffle(left);
        if (left.Length > 0)
        {
            log.LogInformation("{Connections} connections are ended over {Seconds} s", left.Length, options.DrainSeconds);
        }
        var drain = TimeSpan.FromSeconds(options.DrainSeconds);
        var some = left.Chunk(Math.Max(1, (int)Math.Ceiling(left.Length * Math.Min(1, step / drain)))).ToArray();
        foreach (var (index, connections) in some.Index())
        {
            await Task.Delay(index == 0 ? TimeSpan.Zero : drain / some.Length, cancellationToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            foreach (var connection in connections)
            {
                connection.End(Ending.Drained);
            }
        }
        for (
            var waited = TimeSpan.Zero;
            admission.Connections.Count > 0
                && waited < TimeSpan.FromSeconds(options.DropSeconds)
                && !cancellationToken.IsCancellationRequested;
            waited += step
        )
        {
            await Task.Delay(step, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A balancer sends nobody to an instance that stops.</summary>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(admission.Closed ? HealthCheckResult.Unhealthy("the service stops") : HealthCheckResult.Healthy());
}
