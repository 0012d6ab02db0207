using NewsPlatform.ServiceDefaults;
using Yarp.ReverseProxy.Health;
using Yarp.ReverseProxy.LoadBalancing;
using Yarp.ReverseProxy.ServiceDiscovery;

namespace NewsPlatform.Gateway.Instances;

public static class InstancesSetup
{
    public static void AddInstances(this WebApplicationBuilder builder)
    {
        builder.Require<InstanceOptions>("Instances");
        builder
            .Services.AddSingleton<InstanceStates>()
            .AddHostedService(services => services.GetRequiredService<InstanceStates>())
            .AddSingleton<RepeatBudget>()
            .AddSingleton<IPassiveHealthCheckPolicy, LeftOutAtOnce>()
            .AddSingleton<ILoadBalancingPolicy, LeastBusy>()
            .AddSingleton<IProbingRequestFactory, Probes>();
        builder.Services.AddHealthChecks().AddCheck<InstanceStates>("instances", tags: [Management.Ready]);
        // What becomes of an instance is said once, by InstanceStates, and not at each probe.
        builder.Logging.AddFilter("Yarp.ReverseProxy.Health", LogLevel.Error);
    }

    public static IReverseProxyBuilder WatchInstances(this IReverseProxyBuilder proxy)
    {
        proxy
            .AddDnsDestinationResolver(dns => dns.RefreshPeriod = null)
            .AddConfigFilter<WatchedClusters>()
            .AddTransforms(FirstByte.Declare);
        var dns = proxy.Services.Last(its => its.ServiceType == typeof(IDestinationResolver)).ImplementationType!;
        proxy.Services.AddSingleton<IDestinationResolver>(services =>
            ActivatorUtilities.CreateInstance<KnownAddresses>(
                services,
                (IDestinationResolver)ActivatorUtilities.CreateInstance(services, dns)
            )
        );
        return proxy;
    }

    /// <summary>Last of all, next to the sending of a request.</summary>
    public static void UseInstances(this IReverseProxyApplicationBuilder proxy)
    {
        proxy.UseRepeats();
        proxy.UseLoadBalancing();
        proxy.UsePassiveHealthChecks();
    }
}
