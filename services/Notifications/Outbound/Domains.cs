using System.Net;
using System.Net.Sockets;

namespace NewsPlatform.Notifications.Outbound;

/// <summary>
/// What hosts belong together, as far as limits go: whoever has a name can make any number of names below it, and whoever has an address
/// its neighbours. It is coarse on purpose, since a limit that is shared is only reached earlier.
/// </summary>
public static class Domains
{
    /// <summary>Below the top levels of countries, under which names are given to anybody.</summary>
    static readonly HashSet<string> shared = new(StringComparer.Ordinal)
    {
        "ac",
        "co",
        "com",
        "edu",
        "gen",
        "go",
        "gob",
        "gov",
        "gouv",
        "id",
        "info",
        "ltd",
        "me",
        "mil",
        "ne",
        "net",
        "nom",
        "or",
        "org",
        "plc",
        "pp",
        "sch",
        "school",
        "web",
    };

    /// <summary>
    /// The name that was given to somebody: its last two labels; three where the second is one of those that a country keeps for everybody,
    /// and one more than a suffix of <see cref="OutboundOptions.SharedSuffixes"/>. Of an address of IPv4 its /24, of IPv6 its /64.
    /// </summary>
    public static string Of(string host, OutboundOptions options)
    {
        if (IPAddress.TryParse(host.Trim('[', ']'), out var literal))
        {
            return NetworkOf(PublicAddresses.Plain(literal));
        }
        var name = host.TrimEnd('.').ToLowerInvariant();
        var labels = name.Split('.');
        var suffix = options
            .Suffixes.Where(known => name.EndsWith($".{known}", StringComparison.Ordinal))
            .Select(known => known.Split('.').Length)
            .DefaultIfEmpty()
            .Max();
        var count =
            suffix > 0 ? suffix + 1
            : labels is [.., var second, { Length: 2 }] && shared.Contains(second) ? 3
            : 2;
        return string.Join('.', labels.TakeLast(count));
    }

    static string NetworkOf(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        var length = address.AddressFamily == AddressFamily.InterNetwork ? 3 : 8;
        bytes.AsSpan(length).Clear();
        return $"{new IPAddress(bytes)}/{length * 8}";
    }
}
