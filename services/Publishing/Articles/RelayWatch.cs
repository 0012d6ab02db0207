namespace NewsPlatform.Publishing.Articles;

/// <summary>
/// Has the relay taken up again where Marten gives it up. When a connection breaks while a checkpoint is being committed, Marten tries
/// again, finds the checkpoint moved already, takes that for a second relay and stops this one for good. Once the stopped agent is
/// dropped, the coordinator starts a new one from the stored checkpoint, on the instance that holds the lock.
/// </summary>
public sealed class RelayWatch(Marten.Events.Daemon.Coordination.IProjectionCoordinator coordinator, ILogger<RelayWatch> log) : BackgroundService
{
    static readonly TimeSpan interval = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval);
        while (await timer.WaitForNextTickAsync(stoppingToken).AsTask().ContinueWith(tick => tick.IsCompletedSuccessfully && tick.Result, TaskScheduler.Default))
        {
            try
            {
                await LookAsync(stoppingToken);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning("The relay could not be looked after; trying again: {Fault}", fault.Message);
            }
        }
    }

    async Task LookAsync(CancellationToken ct)
    {
        var daemon = coordinator.DaemonForMainDatabase();
        foreach (var agent in daemon.CurrentAgents().Where(a => a.Status == JasperFx.AgentStatus.Stopped).ToArray())
        {
            log.LogWarning("The relay {Agent} had stopped at event {Sequence}; it is started again", agent.Name.Identity, agent.Position);
            await daemon.StopAgentAsync(agent.Name.Identity);
        }
        if (daemon.IsRunning && daemon.IsHighWaterStale)
        {
            log.LogWarning("The event store's high-water mark was no longer followed; it is again");
            await daemon.RestartHighWaterAgentAsync(ct);
        }
    }
}
