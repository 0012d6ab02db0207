namespace NewsPlatform.Publishing.Relay;

/// <summary>
/// Numbers that the event store's sequence has given out and that no event has: of an append that is not committed yet, or never will be.
/// Nothing behind a hole is relayed before that is known: none of the transactions that had taken a number when it was seen is left. What
/// was committed meanwhile is there at the next look, and a hole that is still one is nobody's.
/// </summary>
public sealed class SequenceHoles(TimeProvider clock)
{
    /// <summary>Between two looks at a hole.</summary>
    public static readonly TimeSpan Look = TimeSpan.FromMilliseconds(25);

    /// <summary>In case somebody has taken numbers in one transaction to use them in another.</summary>
    static readonly TimeSpan patience = TimeSpan.FromMilliseconds(250);

    long settled;
    (long Newest, IReadOnlySet<string> Appending, long SeenAt)? waiting;

    /// <summary>Those behind the position that nothing can come before any more.</summary>
    public IReadOnlyList<StoredEvent> Before(long position, IReadOnlyList<StoredEvent> read)
    {
        var page = new List<StoredEvent>();
        foreach (var e in read)
        {
            if (e.Sequence <= position)
            {
                continue;
            }
            if (e.Sequence != position + 1 && e.Sequence > settled)
            {
                break;
            }
            page.Add(e);
            position = e.Sequence;
        }
        if (page.Count > 0)
        {
            waiting = null;
        }
        return page;
    }

    /// <summary>Whether those up to the newest that was read have had their time. To be asked after the read that found them.</summary>
    /// <param name="appending">Transactions that have taken a number and are not over.</param>
    public bool AreSettled(IReadOnlySet<string> appending, long newest)
    {
        waiting ??= (newest, appending, clock.GetTimestamp());
        var (seen, then, at) = waiting.Value;
        if (then.Overlaps(appending) || clock.GetElapsedTime(at) < patience)
        {
            return false;
        }
        (settled, waiting) = (seen, null);
        return true;
    }
}
