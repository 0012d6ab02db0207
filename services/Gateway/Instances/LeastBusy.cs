using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.Model;

namespace NewsPlatform.Gateway.Instances;

/// <summary>
/// The instance with the fewest requests under way, streams included; of several such, any. A new instance gets all new streams until it
/// has as many as the others.
/// </summary>
public sealed class LeastBusy(InstanceStates states) : ILoadBalancingPolicy
{
    public const string PolicyName = "LeastBusy";

    public string Name => PolicyName;

    public DestinationState? PickDestination(
        HttpContext context,
        ClusterState cluster,
        IReadOnlyList<DestinationState> availableDestinations
    )
    {
        var (from, least, fewest) = (Random.Shared.Next(availableDestinations.Count), (DestinationState?)null, int.MaxValue);
        for (var i = 0; i < availableDestinations.Count; i++)
        {
            var its = availableDestinations[(from + i) % availableDestinations.Count];
            var busy = its.ConcurrentRequestCount + states.StreamsOf(its);
            if (busy < fewest)
            {
                (least, fewest) = (its, busy);
            }
        }
        return least;
    }
}
