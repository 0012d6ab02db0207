using Marten;
using NewsPlatform.Contracts;
using NewsPlatform.Feed.Related;
using NewsPlatform.Feed.Stories;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.News;

/// <summary>Reads a story as its readers may have it.</summary>
public static class StoryReading
{
    /// <exception cref="ProblemException">404 when there is none for readers, 410 with the reason when it was withdrawn for
    /// good.</exception>
    public static async Task<Story> ReadableAsync(this IQuerySession session, Guid id, CancellationToken ct)
    {
        var story = await session.LoadAsync<Story>(id, ct) is { Status: not PubStatus.Withheld } found
            ? found
            : throw ProblemException.NotFound("story");
        if (story.Status == PubStatus.Canceled)
        {
            throw new ProblemException(410, "withdrawn", "The story was withdrawn for good.") { Members = { ["reason"] = story.Reason } };
        }
        return story;
    }

    /// <summary>The story with those that it points to, of what readers may know.</summary>
    public static async Task<StoryView> ViewAsync(this IQuerySession session, Story story, CancellationToken ct)
    {
        Guid[] named = [.. story.Featured, .. story.Related];
        var others = named.Length == 0 ? [] : await session.LoadManyAsync<Story>(ct, named);
        var translations = await session
            .Query<Story>()
            .Where(s => s.StoryId == story.StoryId && s.Id != story.Id && s.Status == PubStatus.Usable)
            .OrderBy(s => s.Language)
            .Select(s => s.Item)
            .ToListAsync(ct);
        var (featured, related) = (Usable(story.Featured), Usable(story.Related));
        if (related.Count < Relatedness.Most)
        {
            var found = await RelatedStories.ReadAsync(session, story.Id, ct);
            related = [.. related, .. found.Where(item => !named.Contains(item.Id)).Take(Relatedness.Most - related.Count)];
        }
        return StoryView.Of(story, featured, related, [.. translations.Select(t => new Translation(t.Language, t.Id, t.Url))]);

        IReadOnlyList<LineItem> Usable(IReadOnlyList<Guid> ids) =>
            [.. ids.SelectMany(id => others.Where(o => o.Id == id && o.Status == PubStatus.Usable)).Select(o => o.Item)];
    }
}
