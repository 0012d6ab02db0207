using System.ComponentModel.DataAnnotations;
using NewsPlatform.ServiceDefaults;

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

/// <summary>The room for bodies that have to be kept as a whole before anything is done with them.</summary>
public sealed class BodyRoom(IdempotencyOptions options)
{
    long taken;

    /// <summary>Room until it is disposed of.</summary>
    /// <param name="bytes">As many as the body may come to.</param>
    /// <exception cref="ProblemException">503 when there is not so much.</exception>
    public IDisposable Take(long bytes)
    {
        if (Interlocked.Add(ref taken, bytes) > options.MaxTotalBytes)
        {
            Interlocked.Add(ref taken, -bytes);
            throw ProblemException.Unavailable(
                "Too many requests with an Idempotency-Key are under way. Try again shortly.",
                TimeSpan.FromSeconds(1)
            );
        }
        return new Place(this, bytes);
    }

    sealed class Place(BodyRoom room, long bytes) : IDisposable
    {
        public void Dispose() => Interlocked.Add(ref room.taken, -bytes);
    }
}
