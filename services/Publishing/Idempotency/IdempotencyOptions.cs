using System.ComponentModel.DataAnnotations;

namespace NewsPlatform.Publishing.Idempotency;

public sealed class IdempotencyOptions : IValidatableObject
{
    /// <summary>Bytes of one body that are kept in memory; what is longer goes into a file.</summary>
    [Range(1 << 10, 4 << 20)]
    public int MaxMemoryBytes { get; set; } = 64 << 10;

    /// <summary>Bytes that the bodies of all requests under way may come to, in memory and in files.</summary>
    [Range(1L << 20, 1L << 40)]
    public long MaxTotalBytes { get; set; } = 256 << 20;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (MaxMemoryBytes > MaxTotalBytes)
        {
            yield return new($"{MaxMemoryBytes} is more than {nameof(MaxTotalBytes)}", [nameof(MaxMemoryBytes)]);
        }
    }
}
