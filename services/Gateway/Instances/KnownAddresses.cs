using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Primitives;
using Yarp.ReverseProxy.Configuration;
using Yarp.ReverseProxy.ServiceDiscovery;

namespace NewsPlatform.Gateway.Instances;

/// <summary>
/// The instances behind each name, by YARP's resolver, with the health address of each on its own address. A name that is not known is
/// no reason to serve nothing: what it stood for last is asked, and the other names go on.
/// </summary>
/// <param name="dns">YARP's, which refuses all when one name is not known.</param>
public sealed class KnownAddresses(IDestinationResolver dns, InstanceOptions options, TimeProvider clock, ILogger<KnownAddresses> log)
    : IDestinationResolver
{
    static readonly TimeSpan patience = TimeSpan.FromSeconds(2);

    readonly ConcurrentDictionary<string, IReadOnlyDictionary<string, DestinationConfig>> last = new(StringComparer.Ordinal);
    readonly ConcurrentDictionary<string, bool> unknown = new(StringComparer.Ordinal);

    public async ValueTask<ResolvedDestinationCollection> ResolveDestinationsAsync(
        IReadOnlyDictionary<string, DestinationConfig> destinations,
        CancellationToken cancellationToken
    )
    {
        var found = await Task.WhenAll(destinations.Select(its => FindAsync(its.Key, its.Value, cancellationToken)));
        var all = found.SelectMany(its => its).ToDictionary(its => its.Key, its => its.Value, StringComparer.Ordinal);
        return new(
            all,
            destinations.Values.All(IsAddress)
                ? null
                : new CancellationChangeToken(new CancellationTokenSource(TimeSpan.FromSeconds(options.NameSeconds), clock).Token)
        );
    }

    async Task<IReadOnlyDictionary<string, DestinationConfig>> FindAsync(string id, DestinationConfig config, CancellationToken ct)
    {
        var itself = new Dictionary<string, DestinationConfig> { [id] = config };
        if (IsAddress(config))
        {
            return itself;
        }
        try
        {
            var one = await dns.ResolveDestinationsAsync(itself, ct).AsTask().WaitAsync(patience, clock, ct);
            if (unknown.TryRemove(config.Address, out _))
            {
                log.LogWarning("The name in {Address} is known again", config.Address);
            }
            return last[config.Address] = one.Destinations;
        }
        catch (Exception fault) when (!ct.IsCancellationRequested)
        {
            if (unknown.TryAdd(config.Address, true))
            {
                log.LogWarning(
                    "The name in {Address} is not known; the other instances serve, and it is asked for again: {Fault}",
                    config.Address,
                    fault.GetBaseException().Message
                );
            }
            return last.GetValueOrDefault(config.Address, itself);
        }
    }

    static bool IsAddress(DestinationConfig config) => IPAddress.TryParse(new Uri(config.Address).DnsSafeHost, out _);
}
