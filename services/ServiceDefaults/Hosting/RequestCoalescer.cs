using System.Collections.Concurrent;

namespace NewsPlatform.ServiceDefaults;

/// <summary>
/// Does in one go what many ask for at the same time: what is asked while one batch is at work is the next one. Who asks alone is served at
/// once, and many do not cost a round trip and a commit each.
/// </summary>
/// <param name="most">That are asked for in one batch.</param>
/// <param name="answer">
/// Answers all that it is asked, in their order. When it fails, all of them are taken as not done: each is asked again by itself, so that
/// the one that cannot be done keeps nobody else from being, unless the store is away.
/// </param>
public sealed class RequestCoalescer<TAsk, TAnswer>(int most, Func<IReadOnlyList<TAsk>, Task<IReadOnlyList<TAnswer>>> answer) : IDisposable
{
    readonly ConcurrentQueue<Waiting> queue = new();
    readonly SemaphoreSlim gate = new(1);

    sealed record Waiting(TAsk Ask)
    {
        public TaskCompletionSource<TAnswer> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>Such as the trace that it belongs to.</summary>
        public ExecutionContext? Context { get; } = ExecutionContext.Capture();
    }

    /// <summary>Completes when it is answered, by this call or by another one that is at work.</summary>
    public Task<TAnswer> AskAsync(TAsk ask)
    {
        var waiting = new Waiting(ask);
        queue.Enqueue(waiting);
        if (gate.Wait(0))
        {
            _ = WorkAsync();
        }
        return waiting.Answer.Task;
    }

    /// <summary>One works for all of them: who waits for an answer waits for nothing else.</summary>
    async Task WorkAsync()
    {
        do
        {
            while (queue.TryPeek(out var first))
            {
                if (first.Context is { } context)
                {
                    ExecutionContext.Restore(context);
                }
                await AnswerNextAsync();
            }
            gate.Release();
            // Somebody may have asked since the look and found the gate taken.
        } while (!queue.IsEmpty && gate.Wait(0));
    }

    async Task AnswerNextAsync()
    {
        var batch = new List<Waiting>(most);
        while (batch.Count < most && queue.TryDequeue(out var waiting))
        {
            batch.Add(waiting);
        }
        if (await TryAsync(batch) is not { } fault)
        {
            return;
        }
        foreach (var waiting in batch)
        {
            if ((batch.Count == 1 || TransientFault.IsTransient(fault) ? fault : await TryAsync([waiting])) is { } its)
            {
                waiting.Answer.SetException(its);
            }
        }
    }

    /// <returns>Why they could not be answered.</returns>
    async Task<Exception?> TryAsync(IReadOnlyList<Waiting> batch)
    {
        try
        {
            var answers = await answer([.. batch.Select(w => w.Ask)]);
            if (answers.Count != batch.Count)
            {
                throw new InvalidOperationException($"{batch.Count} were asked, and {answers.Count} answered.");
            }
            foreach (var (waiting, its) in batch.Zip(answers))
            {
                waiting.Answer.SetResult(its);
            }
            return null;
        }
        catch (Exception fault)
        {
            return fault;
        }
    }

    public void Dispose() => gate.Dispose();
}
