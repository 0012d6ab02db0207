using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace NewsPlatform.ServiceDefaults;

/// <summary>Which client a request comes from, as far as limits go that hold for each client.</summary>
public static class ClientAddress
{
    /// <summary>
    /// The client's address; of IPv6 its /64, since whoever has one address there has a network of its own to take others from.
    /// </summary>
    public static string Of(HttpContext context) => Of(context.Connection.RemoteIpAddress);

    /// <inheritdoc cref="Of(HttpContext)"/>
    public static string Of(IPAddress? address) =>
        address switch
        {
            null => "",
            { IsIPv4MappedToIPv6: true } => address.MapToIPv4().ToString(),
            { AddressFamily: AddressFamily.InterNetworkV6 } =>
                $"{new IPAddress([.. address.GetAddressBytes().AsSpan(0, 8), 0, 0, 0, 0, 0, 0, 0, 0])}/64",
            _ => address.ToString(),
        };
}
