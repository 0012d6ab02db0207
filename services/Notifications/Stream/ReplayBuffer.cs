using Marten;
using NewsPlatform.Notifications.Bulletins;

namespace NewsPlatform.Notifications.Stream;

/// <summary>
/// What was handed out before. The newest is kept in memory as it goes out; what is older is read from the log, by a few at a time, so that
/// a crowd that comes back after a restart does not stand in the way of what is new.
/// </summary>
public sealed class ReplayBuffer(BulletinLog log, IDocumentStore store, StreamOptions options) : IDisposable
{
    readonly Frame?[] recent = new Frame?[options.RecentBulletins];
    readonly SemaphoreSlim reads = new(options.MaxReplayReads);

    /// <summary>To be called by the one who follows the log: the frames of what it has read, which are kept.</summary>
    public async Task<IReadOnlyList<Frame>> AddAsync(IReadOnlyList<Bulletin> page, CancellationToken ct)
    {
        var frames = page.Select(bulletin => new Frame(bulletin)).ToArray();
        // A newer bulletin may have come with a masking, which changes what the article's earlier ones say.
        var articles = frames.Select(frame => frame.Article).ToHashSet();
        var earlier = recent
            .Where(frame => frame is not null && articles.Contains(frame.Article))
            .Select(frame => frame!.Position)
            .ToArray();
        foreach (var position in earlier)
        {
            this[position] = null;
        }
        if (earlier.Length > 0)
        {
            await using var session = store.QuerySession();
            Add((await session.LoadManyAsync<Bulletin>(ct, earlier)).Select(bulletin => new Frame(bulletin)));
        }
        Add(frames);
        return frames;
    }

    public async Task<(long Oldest, long Newest)> BoundsAsync(CancellationToken ct)
    {
        await reads.WaitAsync(ct);
        try
        {
            return await log.BoundsAsync(ct);
        }
        finally
        {
            reads.Release();
        }
    }

    /// <summary>A page of what there is after a position and up to another one; nothing when nothing of it is kept any more.</summary>
    public async Task<IReadOnlyList<Frame>> ReadAsync(long after, long upTo, CancellationToken ct)
    {
        var limit = (int)Math.Min(options.ReplayPage, upTo - after);
        var page = new List<Frame>();
        while (page.Count < limit && this[after + 1 + page.Count] is { } frame)
        {
            page.Add(frame);
        }
        if (page.Count > 0)
        {
            return page;
        }
        await reads.WaitAsync(ct);
        try
        {
            return
            [
                .. (await log.ReadAsync(after, limit, ct))
                    .Where(bulletin => bulletin.Position <= upTo)
                    .Select(bulletin => new Frame(bulletin)),
            ];
        }
        finally
        {
            reads.Release();
        }
    }

    public void Dispose() => reads.Dispose();

    Frame? this[long position]
    {
        get => Volatile.Read(ref recent[position % recent.Length]) is { } frame && frame.Position == position ? frame : null;
        set => Volatile.Write(ref recent[position % recent.Length], value);
    }

    void Add(IEnumerable<Frame> frames)
    {
        foreach (var frame in frames)
        {
            this[frame.Position] = frame;
        }
    }
}
