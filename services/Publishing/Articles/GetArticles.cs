using System.Text.Json.Serialization;
using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Articles;

/// <summary>An article on one of the desk's lists.</summary>
public sealed record DeskEntry
{
    public required Guid Id { get; init; }
    public required long Version { get; init; }
    public required string State { get; init; }
    public required string Headline { get; init; }
    public required string Category { get; init; }
    public required string Language { get; init; }
    public required IReadOnlyList<string> Keywords { get; init; }

    /// <summary>1 (most urgent) to 9, as in ninjs 3.1.</summary>
    public required int Urgency { get; init; }

    public required bool Breaking { get; init; }

    /// <summary>Who drafted it.</summary>
    public string? Author { get; init; }

    public string? Byline { get; init; }

    /// <summary>The working copy says something that readers do not see yet.</summary>
    public required bool HasUnpublishedChanges { get; init; }

    /// <summary>When anything last happened to it.</summary>
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>When readers first had it.</summary>
    public DateTimeOffset? PublishedAt { get; init; }

    /// <summary>When it is to become public by itself.</summary>
    public DateTimeOffset? PublishAt { get; init; }

    /// <summary>When it is to be taken down by itself.</summary>
    public DateTimeOffset? UnpublishAt { get; init; }

    /// <summary>The page, relative to the portal's root.</summary>
    public string? Url { get; init; }

    /// <summary>Who works on it; null when nobody says so.</summary>
    public ArticleLock? Lock { get; init; }

    public static DeskEntry Of(DeskItem item, ArticleLock? held) => new()
    {
        Id = item.Id,
        Version = item.Version,
        State = item.State,
        Headline = item.Headline,
        Category = item.Category,
        Language = item.Language,
        Keywords = item.Keywords,
        Urgency = item.Urgency,
        Breaking = item.Breaking,
        Author = item.Author,
        Byline = item.Byline,
        HasUnpublishedChanges = item.HasUnpublishedChanges,
        UpdatedAt = item.UpdatedAt,
        PublishedAt = item.PublishedAt,
        PublishAt = item.PublishAt,
        UnpublishAt = item.UnpublishAt,
        Url = item.Url,
        Lock = held,
    };
}

/// <summary><paramref name="Next"/> is the cursor for <c>after=</c>, and is not there on the last page.</summary>
public sealed record DeskPage(IReadOnlyList<DeskEntry> Items, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Next)
{
    public const int DefaultLimit = 50;
    public const int MaxLimit = 200;

    /// <param name="found">One more than the page has, if there is one.</param>
    public static async Task<DeskPage> OfAsync(IReadOnlyList<DeskItem> found, int size, Func<DeskItem, string> next, ArticleLocks locks, CancellationToken ct)
    {
        var page = found.Take(size).ToArray();
        var held = await locks.FindAsync([.. page.Select(item => item.Id)], ct);
        return new([.. page.Select(item => DeskEntry.Of(item, held.GetValueOrDefault(item.Id)))], found.Count > size ? next(page[^1]) : null);
    }
}

/// <summary>How many articles are in each state.</summary>
/// <param name="AtLeast">The states of which there are more than that.</param>
public sealed record DeskCounts(IReadOnlyDictionary<string, long> Counts, IReadOnlyList<string> AtLeast);

/// <summary>The articles that a desk works on. A page costs the same however large the archive is.</summary>
public static class GetArticles
{
    /// <summary>Counting ends there, so that an archive is not counted for every look at it.</summary>
    public const int MostCounted = 10_000;

    const string List = "articles";

    public static void Map(RouteGroupBuilder desk)
    {
        desk.MapGet("/", Handle).WithSummary("Articles, what was changed last first")
            .WithQuery("state", "category", "language", "author", "keyword", "q", "updatedSince", "limit", "after");
        desk.MapGet("/counts", HandleCounts).WithSummary("How many articles are in each state, counted up to 10,000")
            .WithQuery("category", "language", "author", "keyword", "q", "updatedSince");
    }

    static async Task<Ok<DeskPage>> Handle([AsParameters] DeskQuery query, PortalOptions portal, IQuerySession session, ArticleLocks locks, CancellationToken ct, string? limit = null, string? after = null)
    {
        var size = Queries.Limit(limit, DeskPage.DefaultLimit, DeskPage.MaxLimit);
        var filter = DeskFilter.Of(query, portal);
        var (place, values) = ("", filter.Values);
        if (after is not null)
        {
            var cursor = DeskCursor.Decode("after", after, List, filter);
            (place, values) = ("and (d.updated_at, d.id) < (?, ?)", [.. values, cursor.At, cursor.Id]);
        }
        var found = await session.QueryAsync<DeskItem>($"where {filter.Where} {place} order by d.updated_at desc, d.id desc limit ?", ct, [.. values, size + 1]);
        return TypedResults.Ok(await DeskPage.OfAsync(found, size, last => new DeskCursor(last.UpdatedAt, last.Id).Encode(List, filter), locks, ct));
    }

    static async Task<Ok<DeskCounts>> HandleCounts([AsParameters] DeskQuery query, PortalOptions portal, IQuerySession session, CancellationToken ct)
    {
        var filter = DeskFilter.Of(query, portal);
        var states = Enum.GetValues<ArticleState>().Select(state => state.Word()).ToArray();
        // A query a state, since a plan for any state reads the table for those that are few.
        var counts = states.Select((state, place) =>
            $"select {place} as place, (select count(*) from (select from {DeskItem.Table} d where d.state = '{state}' and {filter.Where} limit {MostCounted + 1}) found) as n");
        var found = await session.AdvancedSql.QueryAsync<long>($"select n from ({string.Join(" union all ", counts)}) counted order by place", ct,
            [.. states.SelectMany(_ => filter.Values)]);
        return TypedResults.Ok(new DeskCounts(
            states.Zip(found).ToDictionary(row => row.First, row => long.Min(MostCounted, row.Second)),
            [.. states.Zip(found).Where(row => row.Second > MostCounted).Select(row => row.First)]));
    }
}
