using System.Globalization;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.Health;

namespace NewsPlatform.Gateway.Instances;

/// <summary>Has YARP probe and watch the instances of every service alike, where the configuration of one says nothing else.</summary>
/// <remarks>When no instance is well, all of them are asked: a fault that they share is not made worse by asking none.</remarks>
public sealed class WatchedClusters(InstanceOptions options) : IProxyConfigFilter
{
    public ValueTask<ClusterConfig> ConfigureClusterAsync(ClusterConfig cluster, CancellationToken cancel) =>
        ValueTask.FromResult(
            cluster with
            {
                LoadBalancingPolicy = cluster.LoadBalancingPolicy ?? LeastBusy.PolicyName,
                HealthCheck = cluster.HealthCheck ?? Checks,
                Metadata = new Dictionary<string, string>(cluster.Metadata ?? new Dictionary<string, string>())
                {
                    [ConsecutiveFailuresHealthPolicyOptions.ThresholdMetadataName] = options.ProbeFailures.ToString(
                        CultureInfo.InvariantCulture
                    ),
                },
            }
        );

    public ValueTask<RouteConfig> ConfigureRouteAsync(RouteConfig route, ClusterConfig? cluster, CancellationToken cancel) =>
        ValueTask.FromResult(route);

    HealthCheckConfig Checks =>
        new()
        {
            AvailableDestinationsPolicy = HealthCheckConstants.AvailableDestinations.HealthyOrPanic,
            Active = new()
            {
                Enabled = true,
                Interval = TimeSpan.FromSeconds(options.ProbeSeconds),
                Timeout = TimeSpan.FromMilliseconds(options.ProbeMilliseconds),
                Policy = HealthCheckConstants.ActivePolicy.ConsecutiveFailures,
                Path = "/health/ready",
            },
            Passive = new() { Enabled = true, Policy = LeftOutAtOnce.PolicyName },
        };
}
