using Marten;
using NewsPlatform.Contracts;
using NewsPlatform.Feed.Reads;
using NewsPlatform.Feed.Ready;
using NewsPlatform.Feed.Related;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Stories;

/// <summary>A translation of a story.</summary>
public sealed record Translation(string Language, Guid Id, string Url);

/// <summary>One story in full: what a line shows of it, and the rest.</summary>
public sealed record StoryView
{
    public required Guid Id { get; init; }
    public required long Version { get; init; }
    public required string Headline { get; init; }
    public required string Summary { get; init; }
    public required string Body { get; init; }
    public required string Category { get; init; }
    public required string Language { get; init; }
    public required IReadOnlyList<string> Keywords { get; init; }
    public required int Urgency { get; init; }
    public required bool Breaking { get; init; }
    public required Media Media { get; init; }
    public string? ShortHeadline { get; init; }
    public IReadOnlyList<string> Bylines { get; init; } = [];

    /// <summary>All of <see cref="Bylines"/> in one line.</summary>
    public string? Byline => Bylines.Count == 0 ? null : string.Join(", ", Bylines);

    public string? Dateline { get; init; }
    public string? Source { get; init; }
    public string? Rights { get; init; }
    public required DateTimeOffset PublishedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
    public required string Url { get; init; }
    public IReadOnlyList<Note> Notes { get; init; } = [];
    public required IReadOnlyList<LineItem> Featured { get; init; }

    /// <summary>The editors' choice first, then what has most in common with it.</summary>
    public IReadOnlyList<LineItem> Related { get; init; } = [];
    public required IReadOnlyList<Translation> Translations { get; init; }
}

public static class GetStory
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapMethods("/api/news/{id:guid}", Conditional.GetAndHead, Handle)
            .WithSummary("Get a story")
            .WithTags("News")
            .WithQuery()
            .Produces<StoryView>()
            .ProducesProblem(StatusCodes.Status410Gone);

    static async Task<IResult> Handle(
        Guid id,
        IQuerySession session,
        ResponseCache cache,
        StoryReads reads,
        HttpContext context,
        CancellationToken ct
    )
    {
        var response = await cache.GetAsync(
            new("story", new(), null, $"{id}"),
            null,
            async () => Content.Json(await session.ViewAsync(await session.ReadableAsync(id, ct), ct)),
            ct
        );
        reads.Count(context, id);
        return response!;
    }

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
        var item = story.Item;
        return new()
        {
            Id = story.Id,
            Version = item.Version,
            Headline = item.Headline,
            Summary = item.Summary,
            Body = story.Clean(),
            Category = item.Category,
            Language = item.Language,
            Keywords = item.Keywords,
            Urgency = item.Urgency,
            Breaking = item.Breaking,
            Media = item.Media,
            ShortHeadline = item.ShortHeadline,
            Bylines = story.Bylines,
            Dateline = story.Dateline,
            Source = story.Source,
            Rights = story.Rights,
            PublishedAt = item.PublishedAt,
            UpdatedAt = item.UpdatedAt,
            Url = item.Url,
            Notes = story.Notes,
            Featured = featured,
            Related = related,
            Translations = [.. translations.Select(t => new Translation(t.Language, t.Id, t.Url))],
        };

        IReadOnlyList<LineItem> Usable(IReadOnlyList<Guid> ids) =>
            [.. ids.SelectMany(id => others.Where(o => o.Id == id && o.Status == PubStatus.Usable)).Select(o => o.Item)];
    }
}
