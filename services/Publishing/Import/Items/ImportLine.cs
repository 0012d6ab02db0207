using System.Runtime.CompilerServices;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Import.Items;

/// <summary>
/// What stands at one place of an import. <see cref="Read"/> throws a <see cref="ProblemException"/> where that is no item.
/// </summary>
/// <param name="Number">Of the line, or of the item in a feed, from 1.</param>
public sealed record ImportLine(int Number, Func<ImportItem> Read)
{
    /// <summary>About how many bytes it has.</summary>
    public int Size { get; init; }

    public static ImportLine Fault(int number, string reason) => new(number, () => throw new ProblemException(422, "rule-broken", reason));
}

public static class ImportLines
{
    /// <summary>What is stored together: as many lines, or as many bytes, whichever is reached first.</summary>
    public static async IAsyncEnumerable<IReadOnlyList<ImportLine>> Batched(
        this IAsyncEnumerable<ImportLine> lines,
        int maxLines,
        int maxBytes,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        var (batch, bytes) = (new List<ImportLine>(), 0L);
        await foreach (var line in lines.WithCancellation(ct))
        {
            batch.Add(line);
            bytes += line.Size;
            if (batch.Count == maxLines || bytes >= maxBytes)
            {
                yield return batch;
                (batch, bytes) = ([], 0);
            }
        }
        if (batch.Count > 0)
        {
            yield return batch;
        }
    }
}
