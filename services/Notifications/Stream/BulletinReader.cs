using System.Globalization;
using System.Runtime.CompilerServices;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Stream;

/// <summary>From where a subscriber wants to be told.</summary>
/// <param name="After">The position up to which everything is known; null for the oldest bulletin that is kept.</param>
public sealed record StartPosition(long? After)
{
    /// <summary>Instead of a position: from the oldest bulletin that is kept, without a word of what is not.</summary>
    public const string Earliest = "earliest";

    public static readonly string Rule = $"is no position in the log: it is the id of an event that was received, or {Earliest}";

    /// <exception cref="ProblemException">400 for what is no position.</exception>
    public static StartPosition Parse(string name, string text) =>
        text == Earliest ? new((long?)null)
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var position) ? new(position)
        : throw ProblemException.BadRequest(name, Rule);
}

/// <summary>Where a subscriber begins.</summary>
/// <param name="After">Everything after it that matches is told.</param>
/// <param name="UpTo">What is up to it comes from the log.</param>
/// <param name="Gap">What is said first of a position that the log does not have; null when it has it.</param>
public sealed record Start(long After, long UpTo, Frame? Gap);

/// <summary>
/// What one subscriber is told, in order: what it missed, from the log, and then what is new, without a gap or a repeat at the seam.
/// </summary>
public sealed class BulletinReader(ReplayBuffer replay, Broadcaster broadcaster, StreamMemory memory)
{
    /// <param name="start">Null for what is new from now on.</param>
    /// <remarks>Whoever calls it has the subscriber leave the wire, however it ends.</remarks>
    public async ValueTask<Start> BeginAsync(Subscriber subscriber, StartPosition? start, CancellationToken ct)
    {
        broadcaster.Admit(subscriber);
        if (start is null)
        {
            // Joined before the first byte: who has seen that byte misses nothing from then on.
            var position = broadcaster.Join(subscriber);
            return new(position, position, null);
        }
        var (oldest, newest) = await replay.BoundsAsync(ct);
        var (first, after) = (oldest - 1, start.After ?? oldest - 1);
        return after < first || after > newest ? new(first, newest, Frame.Gap(oldest, newest)) : new(after, newest, null);
    }

    /// <summary>Ends when the subscriber is stopped.</summary>
    public async IAsyncEnumerable<Frame> ReadAsync(
        Subscriber subscriber,
        Start start,
        [EnumeratorCancellation] CancellationToken ct = default
    )
    {
        if (start.Gap is { } gap)
        {
            yield return gap;
        }
        var sent = start.After;
        await foreach (var frame in CatchUpAsync(subscriber, sent, start.UpTo, ct))
        {
            yield return frame;
        }
        sent = Math.Max(sent, start.UpTo);
        if (!subscriber.Joined)
        {
            // The log may have been read further than this instance has handed out.
            var joined = broadcaster.Join(subscriber);
            await foreach (var frame in CatchUpAsync(subscriber, sent, joined, ct))
            {
                yield return frame;
            }
        }
        while (!subscriber.Stopped)
        {
            while (!subscriber.Stopped && subscriber.TryRead(out var frame))
            {
                if (frame.Position == 0 || frame.Position > sent)
                {
                    yield return frame;
                }
            }
            await subscriber.NextAsync();
        }
    }

    async IAsyncEnumerable<Frame> CatchUpAsync(Subscriber subscriber, long after, long upTo, [EnumeratorCancellation] CancellationToken ct)
    {
        while (after < upTo && !subscriber.Stopped)
        {
            var (page, held) = Fitting(subscriber.Connection, await replay.ReadAsync(after, upTo, ct));
            var next = page.Count > 0 ? page[0].Position : upTo + 1;
            if (next > after + 1)
            {
                // Trimmed in the meantime: positions have no holes.
                yield return Frame.Gap(next, upTo);
            }
            try
            {
                foreach (var frame in page.Where(frame => subscriber.Topics.Match(frame.Topics)))
                {
                    yield return frame;
                }
            }
            finally
            {
                memory.Return(subscriber.Connection, held);
            }
            after = page.Count > 0 ? page[^1].Position : upTo;
        }
    }

    /// <summary>As much of a page, and at least its first bulletin, as the connection may hold; the rest is read again.</summary>
    (IReadOnlyList<Frame> Page, long Held) Fitting(Connection connection, IReadOnlyList<Frame> page)
    {
        for (var count = page.Count; count > 1; count = (count + 1) / 2)
        {
            var held = page.Take(count).Sum(frame => frame.Held);
            if (memory.TryTake(connection, held))
            {
                return (page.Count == count ? page : [.. page.Take(count)], held);
            }
        }
        var least = page.Take(1).Sum(frame => frame.Held);
        memory.Force(connection, least);
        return ([.. page.Take(1)], least);
    }
}
