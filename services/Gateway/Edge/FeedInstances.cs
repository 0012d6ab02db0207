using Yarp.ReverseProxy;
using Yarp.ReverseProxy.Model;

namespace NewsPlatform.Gateway.Edge;

/// <summary>The instances of Feed that the gateway knows, by their health addresses, which are those of their management ports.</summary>
public sealed class FeedInstances(IProxyStateLookup proxy)
{
    /// <summary>The cluster of Feed's in the configuration.</summary>
    public const string Cluster = "feed";

    public IReadOnlyList<Uri> Management => Of(its => its.AllDestinations);

    /// <summary>Those of them that are well.</summary>
    public IReadOnlyList<Uri> Well => Of(its => its.AvailableDestinations);

    IReadOnlyList<Uri> Of(Func<ClusterDestinationsState, IReadOnlyList<DestinationState>> which) =>
        proxy.TryGetCluster(Cluster, out var cluster)
            ?
            [
                .. which(cluster.DestinationsState)
                    .Select(its => its.Model.Config.Health)
                    .OfType<string>()
                    .Distinct(StringComparer.Ordinal)
                    .Select(address => new Uri(address)),
            ]
            : [];
}
