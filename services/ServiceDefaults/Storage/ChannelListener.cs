namespace NewsPlatform.ServiceDefaults;

/// <summary>
/// Who waits for a channel of PostgreSQL's NOTIFY. A signal that comes while it does something else stays until it waits again, and
/// several are one.
/// </summary>
public sealed class ChannelListener : IDisposable
{
    readonly SemaphoreSlim signal = new(0);
    readonly Action<ChannelListener> leave;
    int signalled;

    internal ChannelListener(string channel, Action<ChannelListener> leave) => (Channel, this.leave) = (channel, leave);

    internal string Channel { get; }

    /// <summary>Also to be called by who knows without the database that something has changed.</summary>
    public void Signal()
    {
        if (Interlocked.Exchange(ref signalled, 1) == 0)
        {
            signal.Release();
        }
    }

    /// <summary>Whether there was a signal before the time was over.</summary>
    public async Task<bool> WaitAsync(TimeSpan longest, CancellationToken ct)
    {
        if (!await signal.WaitAsync(longest, ct))
        {
            return false;
        }
        Volatile.Write(ref signalled, 0);
        return true;
    }

    /// <remarks>The semaphore is left to the garbage collector: a notification may be about to come.</remarks>
    public void Dispose() => leave(this);
}
