using System.ComponentModel.DataAnnotations;
using System.Net;
using System.Net.Sockets;
using IPNetwork = System.Net.IPNetwork;

namespace NewsPlatform.ServiceDefaults;

/// <summary>
/// The proxies before a service, whose word on who asks is taken: for the address, the scheme and the host. What anybody else says of these
/// is dropped. The gateway believes nobody until it is told; a service behind it believes the one that connects, which is the gateway.
/// </summary>
public sealed class ProxyOptions : IValidatableObject
{
    /// <summary>
    /// Addresses or networks of proxies, such as <c>10.0.0.0/8</c> or <c>2001:db8::7</c>. Where there are some, nobody else is believed.
    /// </summary>
    public IList<string> Trusted { get; set; } = [];

    /// <summary>
    /// How many proxies there are at most, each of which adds an address. A client is the one that many from the end, so that it cannot
    /// name another. Without
    /// <see cref="Trusted"/> whoever connects is believed, so that the port must be reached through the proxies only; 0 believes nobody.
    /// With it, 0 is as many as are trusted.
    /// </summary>
    [Range(0, 20)]
    public int Hops { get; set; } = 1;

    /// <summary>
    /// What the proxies write. A proxy that writes one of the two and passes the other on should be named here, or else its clients choose
    /// who they are.
    /// </summary>
    public ForwardingHeader Header { get; set; } = ForwardingHeader.Either;

    public bool Any => Trusted.Count > 0 || Hops > 0;

    /// <summary>How far back is looked at most.</summary>
    public int? Limit => Hops > 0 ? Hops : null;

    public IEnumerable<IPNetwork> Networks => Trusted.Select(text => Network(text)!.Value);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        for (var i = 0; i < Trusted.Count; i++)
        {
            if (Network(Trusted[i]) is null)
            {
                yield return new($"'{Trusted[i]}' is no address and no network such as 10.0.0.0/8", [$"{nameof(Trusted)}__{i}"]);
            }
        }
    }

    /// <summary>A single address is a network of one.</summary>
    static IPNetwork? Network(string text) =>
        text.Contains('/', StringComparison.Ordinal)
            ? IPNetwork.TryParse(text, out var network)
                ? network
                : null
            : IPAddress.TryParse(text, out var address)
            && (address.AddressFamily == AddressFamily.InterNetworkV6 || text.Count(c => c == '.') == 3)
                ? new IPNetwork(address, address.AddressFamily == AddressFamily.InterNetworkV6 ? 128 : 32)
                : null;
}
