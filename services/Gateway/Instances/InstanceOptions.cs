using System.ComponentModel.DataAnnotations;

namespace NewsPlatform.Gateway.Instances;

/// <summary>
/// Configuration under <c>Instances</c>: how the gateway tells which instances of a service are well, and what it does for a request that
/// one of them has failed. Which instances there are says <c>ReverseProxy__Clusters__NAME__Destinations</c>: one for each, or one name that
/// stands for all of their addresses.
/// </summary>
public sealed class InstanceOptions : IValidatableObject
{
    /// <summary>Seconds after which each instance is asked anew at its <c>Health</c> address whether it is well.</summary>
    [Range(1, 60)]
    public int ProbeSeconds { get; set; } = 2;

    /// <summary>Milliseconds that an instance has to answer that.</summary>
    [Range(100, 60_000)]
    public int ProbeMilliseconds { get; set; } = 2_000;

    /// <summary>
    /// Probes in a row that fail before an instance is left out. One that has failed a request is left out at once, until it answers a
    /// probe.
    /// </summary>
    [Range(1, 100)]
    public int ProbeFailures { get; set; } = 2;

    /// <summary>Seconds after which it is asked anew which addresses a name stands for.</summary>
    [Range(1, 3_600)]
    public int NameSeconds { get; set; } = 5;

    /// <summary>Milliseconds that a connection to an instance may take.</summary>
    [Range(100, 60_000)]
    public int ConnectMilliseconds { get; set; } = 1_000;

    /// <summary>Milliseconds until an instance begins to answer a read. What has begun is not cut.</summary>
    [Range(100, 600_000)]
    public int ReadFirstByteMilliseconds { get; set; } = 5_000;

    /// <summary>
    /// Milliseconds until an instance begins to answer a write, from when it last took something of it. Imports have no such limit.
    /// </summary>
    [Range(100, 600_000)]
    public int WriteFirstByteMilliseconds { get; set; } = 10_000;

    /// <summary>
    /// Repeats in percent of the requests that go to a service, so that one with too much to do does not get twice as much. 0: none is
    /// made.
    /// </summary>
    [Range(0, 100)]
    public int RepeatPercent { get; set; } = 10;

    /// <summary>
    /// Repeats of a service that may be made at once after a quiet time: of what was under way at an instance that hangs.
    /// </summary>
    [Range(1, 1_000_000)]
    public int RepeatBurst { get; set; } = 200;

    /// <summary>Bytes of a body up to which a write is kept to be repeated.</summary>
    [Range(0, 4 << 20)]
    public int RepeatBodyBytes { get; set; } = 64 << 10;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (ConnectMilliseconds > Math.Min(ReadFirstByteMilliseconds, WriteFirstByteMilliseconds))
        {
            yield return new(
                $"{ConnectMilliseconds} is longer than the first byte may take, so that no connection would ever be too slow",
                [nameof(ConnectMilliseconds)]
            );
        }
    }
}
