using NewsPlatform.Publishing.Import.Items;

namespace NewsPlatform.Publishing.Import.Feeds;

/// <summary>
/// Posts whose picture has not come yet, and, since lines are answered in their order, all that stands behind them; as long as they fit.
/// </summary>
public sealed class WaitingPosts(Thumbnails thumbnails, int maxBytes)
{
    /// <summary>What a line takes beside its text.</summary>
    const int LineBytes = 2 << 10;

    readonly Queue<(ImportLine Line, Thumbnail? Thumbnail)> lines = [];
    long bytes;

    public void Add(ImportLine line, Thumbnail? thumbnail)
    {
        lines.Enqueue((line, thumbnail));
        bytes += line.Size + LineBytes;
    }

    /// <summary>Those that wait for nothing more.</summary>
    /// <param name="isLast">No picture will come.</param>
    public IEnumerable<ImportLine> Ready(bool isLast = false)
    {
        while (lines.TryPeek(out var first) && (isLast || bytes > maxBytes || first.Thumbnail is not { IsAwaited: true }))
        {
            lines.Dequeue();
            bytes -= first.Line.Size + LineBytes;
            if (first.Thumbnail is { IsAwaited: true } awaited)
            {
                thumbnails.GiveUp(awaited);
            }
            yield return first.Line;
        }
    }
}
