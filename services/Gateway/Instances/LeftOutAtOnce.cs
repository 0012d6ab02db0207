using Yarp.ReverseProxy.Forwarder;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.Model;

namespace NewsPlatform.Gateway.Instances;

/// <summary>
/// Leaves an instance out as soon as it has failed a request, until it answers a probe. What a probe says is never older than the next
/// pause between two of them, so that a fault of one request costs an instance no more than that.
/// </summary>
public sealed class LeftOutAtOnce(InstanceStates states, IDestinationHealthUpdater health) : IPassiveHealthCheckPolicy
{
    public const string PolicyName = "LeftOutAtOnce";

    public string Name => PolicyName;

    public void RequestProxied(HttpContext context, ClusterState cluster, DestinationState destination)
    {
        var failed = Failed(context);
        states.Note(destination, failed);
        if (failed)
        {
            health.SetActive(cluster, [new(destination, DestinationHealth.Unhealthy)]);
        }
    }

    /// <summary>Whether the instance did, and neither its client nor the gateway.</summary>
    static bool Failed(HttpContext context) =>
        context.Features.Get<IForwarderErrorFeature>()?.Error
            is ForwarderError.Request
                or ForwarderError.RequestTimedOut
                or ForwarderError.RequestBodyDestination
                or ForwarderError.ResponseBodyDestination
                or ForwarderError.ResponseHeaders
        && !context.RequestAborted.IsCancellationRequested;
}
