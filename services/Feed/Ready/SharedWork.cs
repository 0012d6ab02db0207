using System.Runtime.ExceptionServices;

namespace NewsPlatform.Feed.Ready;

/// <summary>
/// Does once what several ask for at once. Of one key one is worked on at a time; whoever had asked before the work began shares what comes
/// of it, also that it failed, and who asked later waits for the next. So nobody gets what is older than their question, and a rush is
/// worked on twice at most. Nothing is kept of a key that nobody waits for.
/// </summary>
public sealed class SharedWork<TKey, T>
    where TKey : notnull
    where T : class
{
    sealed class Place : IDisposable
    {
        public SemaphoreSlim Turn { get; } = new(1);
        public int Waiting { get; set; }
        public (long Began, T? Result, ExceptionDispatchInfo? Fault) Last { get; set; }

        public void Dispose() => Turn.Dispose();
    }

    readonly Dictionary<TKey, Place> places = [];
    long moment;

    /// <param name="already">What is there without work; asked again when the turn has come.</param>
    /// <param name="work">Null when nothing came of it that anybody else could use.</param>
    /// <exception cref="ServiceDefaults.ProblemException">503 when there is too much work of the kind.</exception>
    public async Task<T?> GetAsync(TKey key, WorkLimit limit, Func<T?> already, Func<Task<T?>> work, CancellationToken ct)
    {
        var asked = Interlocked.Increment(ref moment);
        var place = Enter(key);
        try
        {
            await place.Turn.WaitAsync(ct);
            try
            {
                if (place.Last.Began > asked)
                {
                    place.Last.Fault?.Throw();
                    if (place.Last.Result is { } shared)
                    {
                        return shared;
                    }
                }
                return already() ?? await WorkAsync(place, limit, work, ct);
            }
            finally
            {
                place.Turn.Release();
            }
        }
        finally
        {
            Leave(key, place);
        }
    }

    async Task<T?> WorkAsync(Place place, WorkLimit limit, Func<Task<T?>> work, CancellationToken ct)
    {
        long? began = null;
        try
        {
            using var permit = await limit.EnterAsync(ct);
            began = Interlocked.Increment(ref moment);
            var result = await work();
            place.Last = (began.Value, result, null);
            return result;
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            // Whoever waited for work that never began asked before it.
            place.Last = (began ?? Interlocked.Increment(ref moment), null, ExceptionDispatchInfo.Capture(fault));
            throw;
        }
    }

    Place Enter(TKey key)
    {
        lock (places)
        {
            if (!places.TryGetValue(key, out var place))
            {
                places[key] = place = new();
            }
            place.Waiting++;
            return place;
        }
    }

    void Leave(TKey key, Place place)
    {
        lock (places)
        {
            if (--place.Waiting == 0)
            {
                places.Remove(key);
                place.Dispose();
            }
        }
    }
}
