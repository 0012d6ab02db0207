using System.Net;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace NewsPlatform.Gateway.Instances;

/// <summary>Asks on the management port, which speaks HTTP/1.1 whatever the service itself does.</summary>
public sealed class Probes : IProbingRequestFactory
{
    public HttpRequestMessage CreateRequest(ClusterModel cluster, DestinationModel destination) =>
        new(
            HttpMethod.Get,
            new Uri(new Uri(destination.Config.Health ?? destination.Config.Address), cluster.Config.HealthCheck?.Active?.Path)
        )
        {
            Version = HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
        };
}
