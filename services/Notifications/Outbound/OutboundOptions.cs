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
