using System.Net;
using System.Net.Sockets;

namespace NewsPlatform.Notifications.Outbound;

/// <summary>
/// Which addresses lie in the open Internet: those that IANA's special-purpose registries (RFC 6890) do not keep for something else.
/// </summary>
public static class PublicAddresses
{
    static readonly IPNetwork[] special4 = Networks(
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.31.196.0/24",
        "192.52.193.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "192.175.48.0/24",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4"
    );

    /// <summary>All that is given to networks so far (RFC 4291, section 2.4).</summary>
    static readonly IPNetwork global6 = IPNetwork.Parse("2000::/3");

    /// <remarks>Those of 6to4 and Teredo lead to IPv4 addresses of somebody's choice.</remarks>
    static readonly IPNetwork[] special6 = Networks("2001::/23", "2001:db8::/32", "2002::/16", "2620:4f:8000::/48", "3fff::/20");

    /// <summary>The well-known prefix of NAT64 (RFC 6052, section 2.1), behind which an IPv4 address stands.</summary>
    static readonly IPNetwork nat64 = IPNetwork.Parse("64:ff9b::/96");

    public static bool Contains(IPAddress address) =>
        Plain(address) switch
        {
            { AddressFamily: AddressFamily.InterNetwork } four => !Array.Exists(special4, network => network.Contains(four)),
            var six => global6.Contains(six) && !Array.Exists(special6, network => network.Contains(six)),
        };

    /// <summary>The address of IPv4 that one of IPv6 only wraps.</summary>
    public static IPAddress Plain(IPAddress address) =>
        address.IsIPv4MappedToIPv6 ? address.MapToIPv4()
        : address.AddressFamily == AddressFamily.InterNetworkV6 && nat64.Contains(address)
            ? new IPAddress(address.GetAddressBytes().AsSpan(12))
        : address;

    static IPNetwork[] Networks(params string[] networks) => Array.ConvertAll(networks, IPNetwork.Parse);
}
