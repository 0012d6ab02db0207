namespace NewsPlatform.Notifications.Outbound;

/// <summary>Room for so many things at once: no more are claimed than can be begun, so that other instances have the rest.</summary>
public sealed class ConcurrencyLimiter(int count) : IDisposable
{
    readonly SemaphoreSlim free = new(count);
    volatile TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// The same where domains have their share: while one has all of it, there is another claim whenever something has ended, since that
    /// may have made room for more.
    /// </summary>
    /// <param name="claim">Enters what it claims into the lanes.</param>
    /// <param name="run">Leaves its lane. Must not throw.</param>
    /// <param name="look">After which there is another claim in any case.</param>
    public async Task FillAsync<T>(
        int atOnce,
        Func<int, Task<IReadOnlyList<T>>> claim,
        Func<T, Task> run,
        Lanes lanes,
        TimeSpan look,
        CancellationToken ct
    )
    {
        Task one;
        do
        {
            one = ended.Task;
            await FillAsync(atOnce, claim, run, ct);
        } while (lanes.Full().Length > 0 && await EndsAsync(one));

        async Task<bool> EndsAsync(Task one)
        {
            try
            {
                await one.WaitAsync(look, ct);
                return true;
            }
            catch (TimeoutException)
            {
                return false;
            }
        }
    }

    /// <summary>Claims and begins until nothing more is to be had, waiting for room where there is none.</summary>
    /// <param name="atOnce">That are claimed at once at most.</param>
    /// <param name="claim">Gives as many as it is asked for, if there are as many.</param>
    /// <param name="run">Must not throw.</param>
    public async Task FillAsync<T>(int atOnce, Func<int, Task<IReadOnlyList<T>>> claim, Func<T, Task> run, CancellationToken ct)
    {
        IReadOnlyList<T> claimed;
        int room;
        do
        {
            await free.WaitAsync(ct);
            for (room = 1; room < atOnce && await free.WaitAsync(0, CancellationToken.None); room++) { }
            claimed = [];
            try
            {
                claimed = await claim(room);
            }
            finally
            {
                if (room > claimed.Count)
                {
                    free.Release(room - claimed.Count);
                }
            }
            foreach (var one in claimed)
            {
                _ = RunAsync(one);
            }
        } while (claimed.Count == room);

        async Task RunAsync(T one)
        {
            try
            {
                await run(one);
            }
            finally
            {
                free.Release();
                Interlocked.Exchange(ref ended, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
            }
        }
    }

    /// <summary>Returns when all of them have ended; no more can be begun then.</summary>
    public async Task CloseAsync()
    {
        for (var i = 0; i < count; i++)
        {
            await free.WaitAsync(CancellationToken.None);
        }
    }

    public void Dispose() => free.Dispose();
}
