using Yarp.ReverseProxy;

namespace NewsPlatform.Gateway.Edge;

/// <summary>The instances of Feed that the gateway knows, by their health addresses, which are those of their management ports.</summary>
public sealed class FeedInstances(IProxyStateLookup proxy)
{
    /// <summary>The cluster of Feed's in the configuration.</summary>
    public const string Cluster = "feed";

    public IReadOnlyList<Uri> Management =>
        proxy.TryGetCluster(Cluster, out var cluster)
            ?
            [
                .. cluster
                    .DestinationsState.AllDestinations.Select(its => its.Model.Config.Health)
                    .OfType<string>()
                    .Distinct(StringComparer.Ordinal)
                    .Select(address => new Uri(address)),
            ]
            : [];
}
