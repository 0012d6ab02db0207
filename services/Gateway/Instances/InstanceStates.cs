using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using NewsPlatform.ServiceDefaults;
using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

namespace NewsPlatform.Gateway.Instances;

/// <summary>
/// What the gateway knows of each instance, for operators: in metrics, in its own probe and in the log. Only of those that are
/// configured or found at this moment, so that addresses which come and go add up to nothing.
/// </summary>
public sealed class InstanceStates(IServiceProvider services, TimeProvider clock, ILogger<InstanceStates> log)
    : PeriodicService(TimeSpan.FromSeconds(1), clock, log, "Which instances are well could not be told"),
        IHealthCheck
{
    readonly ConditionalWeakTable<DestinationState, Counts> counts = [];
    readonly HashSet<string> leftOut = new(StringComparer.Ordinal);

    public int StreamsOf(DestinationState instance) => counts.TryGetValue(instance, out var its) ? Volatile.Read(ref its.Streams) : 0;

    public void Note(DestinationState instance, bool failed)
    {
        var its = counts.GetOrCreateValue(instance);
        Interlocked.Increment(ref failed ? ref its.Failed : ref its.Answered);
    }

    /// <summary>A stream of the instance is handed on, until the end of what is returned.</summary>
    public IDisposable Stream(DestinationState instance) => new Held(counts.GetOrCreateValue(instance));

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var all = All().ToList();
        var data = all.ToDictionary(
            its => $"{its.Service} {AddressOf(its.Instance)}",
            its => (object)(IsWell(its.Instance) ? "well" : "left out")
        );
        return Task.FromResult(
            all.TrueForAll(its => IsWell(its.Instance))
                ? HealthCheckResult.Healthy(data: data)
                : HealthCheckResult.Degraded("Instances are left out until they answer their probes.", data: data)
        );
    }

    protected override Task RunOnceAsync(CancellationToken ct)
    {
        foreach (var (service, instance) in All())
        {
            var name = $"{service} {AddressOf(instance)}";
            if (IsWell(instance) ? leftOut.Remove(name) : leftOut.Add(name))
            {
                log.LogWarning(
                    "The instance {Address} of {Service} is {State}",
                    AddressOf(instance),
                    service,
                    IsWell(instance) ? "well again" : "left out until it answers its probe"
                );
            }
        }
        return Task.CompletedTask;
    }

    /// <summary>Told as long as the gateway runs.</summary>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        Telemetry.Meter.CreateObservableCounter(
            "news.gateway.instance.requests",
            () =>
                All()
                    .SelectMany(its =>
                    {
                        var of = counts.GetOrCreateValue(its.Instance);
                        return new Measurement<long>[]
                        {
                            new(Volatile.Read(ref of.Answered), [.. Labels(its), new("outcome", "answered")]),
                            new(Volatile.Read(ref of.Failed), [.. Labels(its), new("outcome", "failed")]),
                        };
                    }),
            "{request}",
            "Requests that an instance was sent and has answered or failed"
        );
        Telemetry.Meter.CreateObservableGauge(
            "news.gateway.instance.well",
            () => All().Select(its => new Measurement<int>(IsWell(its.Instance) ? 1 : 0, Labels(its))),
            description: "1 for an instance that gets requests, 0 for one that is left out until it answers its probe"
        );
        Telemetry.Meter.CreateObservableGauge(
            "news.gateway.instance.streams",
            () => All().Select(its => new Measurement<int>(StreamsOf(its.Instance), Labels(its))),
            "{stream}",
            "Streams of events that are handed on from an instance"
        );
        return base.StartAsync(cancellationToken);
    }

    static KeyValuePair<string, object?>[] Labels((string Service, DestinationState Instance) its) =>
        [new("service", its.Service), new("instance", AddressOf(its.Instance))];

    static string AddressOf(DestinationState instance) => new Uri(instance.Model.Config.Address).Authority;

    static bool IsWell(DestinationState instance) =>
        instance.Health is { Active: not DestinationHealth.Unhealthy, Passive: not DestinationHealth.Unhealthy };

    /// <remarks>
    /// Looked up late: what YARP knows of the instances is made with the policies, which note here what becomes of requests.
    /// </remarks>
    IEnumerable<(string Service, DestinationState Instance)> All() =>
        services
            .GetRequiredService<IProxyStateLookup>()
            .GetClusters()
            .SelectMany(cluster => cluster.DestinationsState.AllDestinations.Select(its => (cluster.ClusterId, its)));

    sealed class Held : IDisposable
    {
        Counts? of;

        public Held(Counts of)
        {
            this.of = of;
            Interlocked.Increment(ref of.Streams);
        }

        public void Dispose()
        {
            if (Interlocked.Exchange(ref of, null) is { } its)
            {
                Interlocked.Decrement(ref its.Streams);
            }
        }
    }

    sealed class Counts
    {
        public long Answered;
        public long Failed;
        public int Streams;
    }
}
