using System.ComponentModel.DataAnnotations;
using System.Net;

namespace NewsPlatform.ServiceDefaults;

/// <summary>Where a service listens. The management port serves probes and metrics, the other one everything else.</summary>
public sealed class ListenOptions
{
    /// <summary>The address of both ports; <c>0.0.0.0</c> or <c>::</c> for all that the machine has.</summary>
    [Required]
    public string Address { get; set; } = "127.0.0.1";

    /// <summary>Where the process itself reaches it.</summary>
    public IPAddress OwnAddress =>
        IPAddress.Parse(Address) is var address && (address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any))
            ? IPAddress.Loopback
            : address;

    /// <summary>For readers, editors and subscribers, or for the gateway before the service.</summary>
    [Range(1, 65535)]
    public int Port { get; set; } = 8080;

    /// <summary>
    /// For operators: probes (<c>/health/live</c>, <c>/health/ready</c>) and <c>/metrics</c>. Not to be reached from outside.
    /// </summary>
    [Range(1, 65535)]
    public int ManagementPort { get; set; } = 8081;

    /// <summary>Seconds that requests under way have to end after a stop was asked for.</summary>
    [Range(0, 300)]
    public int ShutdownSeconds { get; set; } = 15;

    /// <summary>Bytes of one request body; a route that streams says so itself.</summary>
    [Range(1024, 1 << 30)]
    public long MaxBodyBytes { get; set; } = 4 << 20;

    /// <summary>Bytes of a request's first line. More than any service takes in a parameter, so that the refusal can name it.</summary>
    [Range(1024, 1 << 20)]
    public int MaxRequestLineBytes { get; set; } = 256 << 10;
}
