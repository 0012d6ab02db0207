using System.Collections.Concurrent;
using Marten;
using NewsPlatform.Feed.Ready;
using NewsPlatform.Feed.Syndication;
using NewsPlatform.Feed.Search;
using NewsPlatform.Feed.Related;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Stories;

/// <summary>
/// Stores stories in groups: whatever came while one group was being committed is the next one. A story that comes alone is stored at
/// once, and an archive does not cost a commit a story.
/// </summary>
/// <param name="lines">Null for stories that no reader has yet.</param>
public sealed class StoryWriter(IDocumentStore store, LineClock? lines) : IDisposable
{
    /// <summary>Stories; also how many messages are worked on at once, since more would not fit into a group.</summary>
    public const int MaxGroup = 128;

    readonly ConcurrentQueue<Waiting> queue = new();
    readonly SemaphoreSlim committing = new(1);

    sealed record Waiting(Story Story)
    {
        public TaskCompletionSource Stored { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }

    /// <summary>Returns when the story is stored, or a newer version of it is.</summary>
    public async Task StoreAsync(Story story, CancellationToken ct)
    {
        var waiting = new Waiting(story);
        queue.Enqueue(waiting);
        await committing.WaitAsync(ct);
        try
        {
            if (!waiting.Stored.Task.IsCompleted)
            {
                await StoreGroupAsync(ct);
            }
        }
        finally
        {
            committing.Release();
        }
        await waiting.Stored.Task;
    }

    async Task StoreGroupAsync(CancellationToken ct)
    {
        var group = new List<Waiting>(MaxGroup);
        while (group.Count < MaxGroup && queue.TryDequeue(out var waiting))
        {
            group.Add(waiting);
        }
        try
        {
            await CommitAsync(group.Select(w => w.Story), ct);
            group.ForEach(w => w.Stored.SetResult());
        }
        catch (Exception fault) when (group.Count == 1 || Outage.Is(fault) || ct.IsCancellationRequested)
        {
            group.ForEach(w => w.Stored.SetException(fault));
        }
        catch (Exception)
        {
            await OneByOneAsync(group, ct);
        }
    }

    /// <summary>So that the one that cannot be stored keeps nobody else from being.</summary>
    async Task OneByOneAsync(List<Waiting> group, CancellationToken ct)
    {
        foreach (var waiting in group)
        {
            try
            {
                await CommitAsync([waiting.Story], ct);
                waiting.Stored.SetResult();
            }
            catch (Exception fault)
            {
                waiting.Stored.SetException(fault);
            }
        }
    }

    /// <summary>Order-proof in one statement: a version that is not newer changes nothing.</summary>
    async Task CommitAsync(IEnumerable<Story> stories, CancellationToken ct)
    {
        await using var session = store.LightweightSession();
        var newest = stories.GroupBy(s => s.Id).Select(versions => versions.MaxBy(s => s.Item.Version)!).OrderBy(s => s.Id).ToArray();
        Guid[] ids = [.. newest.Select(s => s.Id)];
        if (lines is not null)
        {
            RelatedStories.Follow(session, ids);
        }
        foreach (var story in newest)
        {
            session.TryUpdateRevision(story, story.Item.Version);
        }
        StoryTags.Follow(session, ids);
        StoryMonths.Follow(session, ids);
        StoryTexts.Follow(session, newest);
        if (lines is not null)
        {
            LineClock.Follow(session, newest.Select(s => s.Language));
        }
        await session.SaveChangesAsync(ct);
        await (lines is null ? Task.CompletedTask : SeeAsync(lines, ct));
    }

    /// <summary>So that who is told of the story by whatever way reads it here; that it is stored does not depend on it.</summary>
    static async Task SeeAsync(LineClock lines, CancellationToken ct)
    {
        try
        {
            await lines.LookAsync(ct);
        }
        catch (Exception fault) when (Outage.Is(fault))
        {
        }
    }

    public void Dispose() => committing.Dispose();
}
