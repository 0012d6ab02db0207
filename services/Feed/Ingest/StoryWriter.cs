using Marten;
using NewsPlatform.Feed.Ready;
using NewsPlatform.Feed.Related;
using NewsPlatform.Feed.Search;
using NewsPlatform.Feed.Stories;
using NewsPlatform.Feed.Syndication;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Ingest;

/// <summary>Stores stories in groups, so that an archive does not cost a commit a story.</summary>
public sealed class StoryWriter : IDisposable
{
    /// <summary>Stories; also how many messages are worked on at once, since more would not fit into a group.</summary>
    public const int MaxGroup = 128;

    /// <summary>So long a group waits at most for who goes first, so that an archive comes in also where editors never rest.</summary>
    static readonly TimeSpan longestWay = TimeSpan.FromSeconds(1);

    static readonly TimeSpan betweenLooks = TimeSpan.FromMilliseconds(5);

    readonly IDocumentStore store;
    readonly ChangeTracker? changes;
    readonly PortalOptions portal;
    readonly StoryWriter? first;
    readonly RequestCoalescer<Story, Story> groups;
    int storing;

    /// <param name="changes">Null for stories that no reader has yet.</param>
    /// <param name="first">Whose stories go first: no group begins while one of them is not stored.</param>
    public StoryWriter(IDocumentStore store, ChangeTracker? changes, PortalOptions portal, StoryWriter? first = null) =>
        (this.store, this.changes, this.portal, this.first, groups) = (store, changes, portal, first, new(MaxGroup, CommitAsync));

    /// <summary>Returns when the story is stored, or a newer version of it is.</summary>
    public async Task StoreAsync(Story story, CancellationToken ct)
    {
        Interlocked.Increment(ref storing);
        try
        {
            await groups.AskAsync(story.Cleaned(portal)).WaitAsync(ct);
        }
        finally
        {
            Interlocked.Decrement(ref storing);
        }
    }

    async Task GiveWayAsync()
    {
        for (var waited = TimeSpan.Zero; first is { storing: > 0 } && waited < longestWay; waited += betweenLooks)
        {
            await Task.Delay(betweenLooks);
        }
    }

    /// <summary>Order-proof in one statement: a version that is not newer changes nothing.</summary>
    async Task<IReadOnlyList<Story>> CommitAsync(IReadOnlyList<Story> stories)
    {
        await GiveWayAsync();
        await using var session = store.LightweightSession();
        var newest = stories.GroupBy(s => s.Id).Select(versions => versions.MaxBy(s => s.Item.Version)!).OrderBy(s => s.Id).ToArray();
        Guid[] ids = [.. newest.Select(s => s.Id)];
        if (changes is not null)
        {
            RelatedTables.Follow(session, ids);
        }
        foreach (var story in newest)
        {
            session.TryUpdateRevision(story, story.Item.Version);
        }
        StoryTags.Follow(session, newest);
        StoryMonths.Follow(session, ids);
        StoryTexts.Follow(session, newest);
        if (changes is not null)
        {
            ChangeTracker.Follow(session, newest.Select(s => s.Language));
        }
        await session.SaveChangesAsync();
        // So that who is told of the story by whatever way reads it here.
        await (changes?.TryLookAsync() ?? Task.CompletedTask);
        return stories;
    }

    public void Dispose() => groups.Dispose();
}
