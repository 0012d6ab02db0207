using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace NewsPlatform.Publishing.Import;

/// <summary>While one batch is stored, the next is read and checked, and never more than that.</summary>
public static class ImportPipeline
{
    /// <summary>The batches in their order, each with its elements in their order.</summary>
    public static async IAsyncEnumerable<IReadOnlyList<TResult>> Ready<T, TResult>(
        IAsyncEnumerable<IReadOnlyList<T>> batches,
        Func<T, TResult> prepare,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        var ready = Channel.CreateBounded<IReadOnlyList<TResult>>(1);
        using var abandoned = CancellationTokenSource.CreateLinkedTokenSource(ct);
        var preparing = Task.Run(() => PrepareAsync(batches, prepare, ready.Writer, abandoned.Token), CancellationToken.None);
        try
        {
            await foreach (var batch in ready.Reader.ReadAllAsync(ct))
            {
                yield return batch;
            }
        }
        finally
        {
            await abandoned.CancelAsync();
            await preparing;
        }
    }

    static async Task PrepareAsync<T, TResult>(
        IAsyncEnumerable<IReadOnlyList<T>> batches,
        Func<T, TResult> prepare,
        ChannelWriter<IReadOnlyList<TResult>> ready,
        CancellationToken ct
    )
    {
        try
        {
            await foreach (var batch in batches.WithCancellation(ct))
            {
                await ready.WriteAsync(
                    batch is [var only] ? [prepare(only)] : [.. batch.AsParallel().AsOrdered().WithCancellation(ct).Select(prepare)],
                    ct
                );
            }
            ready.Complete();
        }
        catch (Exception fault)
        {
            ready.Complete(fault);
        }
    }
}
