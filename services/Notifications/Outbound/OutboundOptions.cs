using System.ComponentModel.DataAnnotations;
using System.Net;

namespace NewsPlatform.Notifications.Outbound;

/// <summary>What may be reached from here at the wish of others.</summary>
public sealed class OutboundOptions : IValidatableObject
{
    /// <summary>
    /// Networks that may be reached although they are not public, and by http too, in CIDR notation with commas between, such as
    /// <c>10.1.0.0/16,fd00::/8</c>: for receivers of the operator's own.
    /// </summary>
    public string Allow { get; set; } = "";

    /// <summary>Seconds for a connection, TLS included.</summary>
    [Range(1, 60)]
    public int ConnectSeconds { get; set; } = 5;

    /// <summary>Seconds for one request and its answer.</summary>
    [Range(1, 25)]
    public int RequestSeconds { get; set; } = 15;

    /// <summary>Bytes that are read of an answer; the rest is not taken.</summary>
    [Range(256, 1 << 24)]
    public int MaxAnswerBytes { get; set; } = 65_536;

    /// <summary>Connections to one host at once.</summary>
    [Range(1, 1_000)]
    public int MaxConnectionsPerHost { get; set; } = 16;

    /// <summary>Questions for the addresses of hosts that are under way at once, a quarter of them for names of one domain.</summary>
    [Range(1, 1_000)]
    public int MaxLookups { get; set; } = 32;

    /// <summary>
    /// Calls that the owner of subscriptions, a key or a person, may cause in a minute at each instance: making, verifying, testing and
    /// enabling.
    /// </summary>
    [Range(1, 1_000_000)]
    public int CallsPerOwnerPerMinute { get; set; } = 60;

    /// <summary>
    /// Calls that one client's address may cause in a minute at each instance, over all channels; of IPv6 all addresses of a /64 are one
    /// client.
    /// </summary>
    [Range(1, 1_000_000)]
    public int CallsPerClientPerMinute { get; set; } = 60;

    /// <summary>
    /// Calls to the hosts of one domain that strangers may cause in a minute at each instance, over all channels and by whomever.
    /// </summary>
    [Range(1, 1_000_000)]
    public int CallsPerDomainPerMinute { get; set; } = 120;

    /// <summary>Verifications, of webhooks and of the hub each, that run at once against hosts of one domain at one instance.</summary>
    [Range(1, 1_000)]
    public int VerificationsPerDomain { get; set; } = 4;

    /// <summary>
    /// Owners, clients and domains whose calls are counted at once, of each; past it those that called the longest ago are forgotten.
    /// </summary>
    [Range(100, 10_000_000)]
    public int MaxCounted { get; set; } = 100_000;

    /// <summary>
    /// Suffixes with commas between under which a host lets strangers have names, such as <c>herokuapp.com</c>: each name directly below is
    /// a domain by itself.
    /// </summary>
    public string SharedSuffixes { get; set; } =
        "amazonaws.com,azurewebsites.net,herokuapp.com,vercel.app,netlify.app,workers.dev,pages.dev,"
        + "run.app,web.app,appspot.com,onrender.com,fly.dev,github.io,gitlab.io";

    public IReadOnlyList<string> Suffixes =>
        field ??= [
            .. SharedSuffixes
                .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                .Select(suffix => suffix.Trim('.').ToLowerInvariant()),
        ];

    public IReadOnlyList<IPNetwork> Networks => [.. Parts.Select(IPNetwork.Parse)];

    IEnumerable<string> Parts => Allow.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        foreach (var part in Parts.Where(part => !IPNetwork.TryParse(part, out _)))
        {
            yield return new($"'{part}' is no network such as 10.1.0.0/16", [nameof(Allow)]);
        }
    }
}
