using System.Threading.Tasks.Sources;
using NewsPlatform.Notifications.Bulletins;

namespace NewsPlatform.Notifications.Stream;

/// <summary>A frame that was handed out to a group, and where its members find the one behind it.</summary>
sealed class Link(Frame? frame, long number)
{
    volatile Link? next;

    public Frame? Frame => frame;

    /// <summary>Of those handed out to the group.</summary>
    public long Number => number;

    public Link? Next
    {
        get => next;
        set => next = value;
    }
}

/// <summary>
/// Somebody who listens: a place in what the group was handed out, so that a bulletin that waits costs nothing for each who waits for it.
/// One reads at a time; waiting allocates nothing.
/// </summary>
/// <remarks>Whoever wakes it writes for it: what it is told goes out before the call returns, as far as the connection takes it.</remarks>
public sealed class Subscriber(Topics topics, Connection connection, int queueLength) : IValueTaskSource
{
    ManualResetValueTaskSourceCore<bool> turn;
    volatile Link? place;
    volatile bool beat;
    volatile bool stopped;
    int waiting;

    /// <summary>The object that all share who want the same.</summary>
    public Topics Topics { get; private set; } = topics;

    public Connection Connection => connection;

    /// <summary>Was ended, and gets nothing more.</summary>
    public bool Stopped => stopped;

    /// <summary>Bulletins that wait.</summary>
    public long Waiting => place is { } at && Group is { } of ? of.Head.Number - at.Number : 0;

    /// <summary>Whether there is something to be read at once.</summary>
    public bool HasNext => beat || place?.Next is not null;

    /// <summary>Among the group's members; -1 when it is none.</summary>
    internal int Index { get; set; } = -1;

    /// <summary>Whether it is handed out what the group is.</summary>
    internal bool Joined => Index >= 0;

    internal Group? Group { get; private set; }

    internal void Admit(Group to)
    {
        Group = to;
        Topics = to.Topics;
    }

    /// <summary>From now on it gets what is handed out to the group.</summary>
    internal void Begin() => place = Group!.Head;

    /// <summary>It holds nothing of the group's any more.</summary>
    internal void Left()
    {
        Index = -1;
        Group = null;
        place = null;
    }

    /// <summary>Completes when there is something to be read, or when there will be nothing more.</summary>
    public ValueTask NextAsync()
    {
        if (HasNext || stopped)
        {
            return default;
        }
        turn.Reset();
        Volatile.Write(ref waiting, 1);
        Interlocked.MemoryBarrier();
        // What came in between may have seen nobody waiting.
        return (HasNext || stopped) && Interlocked.Exchange(ref waiting, 0) == 1 ? default : new(this, turn.Version);
    }

    public bool TryRead(out Frame frame)
    {
        if (place?.Next is { } next)
        {
            place = next;
            frame = next.Frame!;
            beat = false;
            return true;
        }
        frame = Frame.Heartbeat;
        var alive = beat;
        beat = false;
        return alive;
    }

    /// <summary>To be called when something was handed out, with no lock held; who is too far behind is dropped.</summary>
    internal void Wake()
    {
        if (Waiting > queueLength)
        {
            connection.End(Ending.Dropped);
        }
        if (Interlocked.Exchange(ref waiting, 0) == 1)
        {
            turn.SetResult(true);
        }
    }

    /// <summary>Asks for a sign of life.</summary>
    public void Beat()
    {
        beat = true;
        Wake();
    }

    public void Stop()
    {
        stopped = true;
        Wake();
    }

    void IValueTaskSource.GetResult(short token) => turn.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => turn.GetStatus(token);

    void IValueTaskSource.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        turn.OnCompleted(continuation, state, token, flags);
}
