using System.Diagnostics;
using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using NewsPlatform.Publishing.Articles;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Relay;

/// <summary>How far the relay has come, whichever instance relays, and how this one's attempts fare.</summary>
public sealed class RelayStatus : IHealthCheck
{
    static readonly TimeSpan tolerated = TimeSpan.FromSeconds(5);
    readonly Counter<long> relayed = Telemetry.Meter.CreateCounter<long>(
        "news.relay.messages",
        "{message}",
        "Messages that the broker confirmed"
    );
    readonly Counter<long> failures = Telemetry.Meter.CreateCounter<long>(
        "news.relay.failures",
        "{attempt}",
        "Attempts that the broker did not confirm"
    );
    readonly Lock gate = new();
    readonly Stopwatch sinceProgress = Stopwatch.StartNew();
    Stopwatch? failing;
    string fault = "";
    long position;
    long newest;

    public RelayStatus()
    {
        Telemetry.Meter.CreateObservableGauge(
            "news.relay.sequence",
            () => Read(() => position),
            "{event}",
            "The event up to which all was relayed"
        );
        Telemetry.Meter.CreateObservableGauge(
            "news.relay.lag",
            () => Read(() => newest - position),
            "{event}",
            "Events that are stored and not yet relayed"
        );
    }

    /// <summary>What the store says: the event up to which all was relayed, by any instance, and the newest one.</summary>
    public void Stands(long relayedUpTo, long newestEvent)
    {
        lock (gate)
        {
            if (relayedUpTo != position || newest == position)
            {
                sinceProgress.Restart();
            }
            (position, newest) = (relayedUpTo, Math.Max(newestEvent, relayedUpTo));
        }
    }

    /// <summary>The broker confirmed so many messages.</summary>
    public void Relayed(int messages)
    {
        lock (gate)
        {
            failing = null;
        }
        relayed.Add(messages);
    }

    /// <summary>Whether this is the first failure since the relay last succeeded.</summary>
    public bool Failed(Exception exception)
    {
        failures.Add(1);
        lock (gate)
        {
            fault = exception.Message;
            var first = failing is null;
            failing ??= Stopwatch.StartNew();
            return first;
        }
    }

    /// <remarks>
    /// Degraded and not unhealthy: what editors publish is stored, and relayed when it can be again. Taking the service out of
    /// rotation for that would stop them from publishing at all.
    /// </remarks>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        lock (gate)
        {
            var data = new Dictionary<string, object> { ["sequence"] = position, ["lag"] = newest - position };
            return Task.FromResult(
                (failing?.Elapsed > tolerated, newest > position && sinceProgress.Elapsed > tolerated) switch
                {
                    (true, _) => HealthCheckResult.Degraded(
                        $"the broker has taken nothing for {failing!.Elapsed.TotalSeconds:F0} s: {fault}",
                        data: data
                    ),
                    (_, true) => HealthCheckResult.Degraded(
                        $"events wait and none was relayed for {sinceProgress.Elapsed.TotalSeconds:F0} s",
                        data: data
                    ),
                    _ => HealthCheckResult.Healthy($"relayed up to event {position}", data),
                }
            );
        }
    }

    T Read<T>(Func<T> look)
    {
        lock (gate)
        {
            return look();
        }
    }
}
