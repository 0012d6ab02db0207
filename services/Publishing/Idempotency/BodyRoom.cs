using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Idempotency;

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
