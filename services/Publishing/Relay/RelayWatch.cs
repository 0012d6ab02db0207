using System.Diagnostics;
using JasperFx;
using JasperFx.Events.Daemon;
using NewsPlatform.Publishing.Articles;
using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Publishing.Relay;

/// <summary>
/// Follows how far the relay has come, and has it taken up again where Marten gives it up. When a connection breaks while a checkpoint
/// is being committed, Marten tries again, finds the checkpoint moved already, takes that for a second relay and stops this one for
/// good. Once such an agent is dropped, the coordinator starts a new one from the stored checkpoint, on the instance that holds the lock.
/// </summary>
public sealed class RelayWatch(
    Marten.Events.Daemon.Coordination.IProjectionCoordinator coordinator,
    NpgsqlDataSource database,
    RelayStatus status,
    TimeProvider clock,
    ILogger<RelayWatch> log
) : PeriodicService(interval, clock, log, "The relay could not be looked after")
{
    static readonly TimeSpan interval = TimeSpan.FromSeconds(1);

    /// <summary>A relay that lets events wait for so long, and not for the broker, is started anew.</summary>
    static readonly TimeSpan patience = TimeSpan.FromSeconds(20);

    const string StatusQuery = $"""
        select coalesce((select last_seq_id from mt_event_progression where name = '{ArticleRelay.Progress}'), 0),
               coalesce((select max(seq_id) from mt_events), 0)
        """;

    readonly Stopwatch sinceRestart = Stopwatch.StartNew();

    protected override async Task RunOnceAsync(CancellationToken ct)
    {
        await MeasureAsync(ct);
        await LookAfterAsync(coordinator.DaemonForMainDatabase(), ct);
    }

    async Task MeasureAsync(CancellationToken ct)
    {
        await using var command = database.CreateCommand(StatusQuery);
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        status.Stands(row.GetInt64(0), row.GetInt64(1));
    }

    async Task LookAfterAsync(IProjectionDaemon daemon, CancellationToken ct)
    {
        var stalled = !status.IsFailing && status.Stalled > patience && sinceRestart.Elapsed > patience;
        foreach (var agent in daemon.CurrentAgents().Where(a => stalled || a.Status == AgentStatus.Stopped).ToArray())
        {
            sinceRestart.Restart();
            log.LogWarning(
                "The relay {Agent} stood {Status} at event {Sequence}; it is started again",
                agent.Name.Identity,
                agent.Status,
                agent.Position
            );
            await daemon.StopAgentAsync(agent.Name.Identity);
        }
        if (daemon.IsRunning && daemon.IsHighWaterStale)
        {
            log.LogWarning("The event store's high-water mark was no longer followed; it is again");
            await daemon.RestartHighWaterAgentAsync(ct);
        }
    }
}
