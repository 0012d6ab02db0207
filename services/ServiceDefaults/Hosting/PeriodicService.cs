using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace NewsPlatform.ServiceDefaults;

/// <summary>
/// Does a piece of work at the start of the service and again and again after it, with a pause after each. A failure ends nothing: the
/// work is done again after the next pause, and only the first of several failures in a row is logged, so that an outage is one line.
/// </summary>
/// <param name="pause">From the end of one run to the start of the next.</param>
/// <param name="failure">
/// What is logged of a failure, as a sentence without its full stop: "The subscriptions could not be counted".
/// </param>
public abstract class PeriodicService(TimeSpan pause, TimeProvider clock, ILogger log, string failure) : BackgroundService
{
    protected abstract Task RunOnceAsync(CancellationToken ct);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failing = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await RunOnceAsync(stoppingToken);
                failing = false;
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                if (!failing)
                {
                    log.LogWarning("{Failure}; it is tried again: {Fault}", failure, fault.Message);
                }
                failing = true;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            await Task.Delay(pause, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }
}
