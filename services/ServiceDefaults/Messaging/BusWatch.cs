using MassTransit;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RabbitMQ.Client;

namespace NewsPlatform.ServiceDefaults;

/// <summary>
/// Starts the bus anew when it has lost the broker, and has it connect as soon as that is back. By itself it would try after 3 to 30
/// seconds, later after each outage, by a schedule that nobody can set.
/// </summary>
sealed class BusWatch(IBusControl bus, TimeProvider clock, ILogger<BusWatch> log) : BackgroundService
{
    static readonly TimeSpan look = TimeSpan.FromMilliseconds(500);
    static readonly TimeSpan longestPause = TimeSpan.FromSeconds(1);

    /// <summary>What is being consumed as the bus stops goes on, and is given to another consumer if it cannot be acknowledged.</summary>
    static readonly TimeSpan longestStop = TimeSpan.FromSeconds(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var connected = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(look, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            var lost = bus.CheckHealth().Status == BusHealthStatus.Unhealthy;
            if (connected && lost && !stoppingToken.IsCancellationRequested)
            {
                await RestartAsync(stoppingToken);
            }
            connected |= !lost;
        }
    }

    async Task RestartAsync(CancellationToken ct)
    {
        try
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
            timeout.CancelAfter(longestStop);
            await bus.StopAsync(timeout.Token);
            await bus.StartAsync(ct);
        }
        catch (Exception fault) when (!ct.IsCancellationRequested)
        {
            log.LogWarning("The bus could not be started again; it is tried again: {Fault}", fault.Message);
        }
        catch (OperationCanceledException)
        {
            // The service stops.
        }
    }

    /// <summary>Returns when the broker can be connected to, or the service is to stop.</summary>
    public static async Task ReachableAsync(MessagingOptions messaging, CancellationToken stopping)
    {
        for (var pause = TimeSpan.FromMilliseconds(100); !stopping.IsCancellationRequested; pause *= 2)
        {
            try
            {
                await using var probe = await messaging.ConnectionFactory("probe").CreateConnectionAsync(stopping);
                return;
            }
            catch (Exception)
            {
                var most = pause < longestPause ? pause : longestPause;
                // Up to half shorter, so that not all services come at once.
                await Task.Delay(most * (1 - Random.Shared.NextDouble() / 2), stopping)
                    .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }
}
