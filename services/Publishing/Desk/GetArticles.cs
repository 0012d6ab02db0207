using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using NewsPlatform.Publishing.Articles;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Desk;

/// <summary>How many articles are in each state.</summary>
/// <param name="AtLeast">The states of which there are more than that.</param>
public sealed record DeskCounts(IReadOnlyDictionary<string, long> Counts, IReadOnlyList<string> AtLeast);

/// <summary>The articles that a desk works on. A page costs the same however large the archive is.</summary>
public static class GetArticles
{
    /// <summary>Counting ends there, so that an archive is not counted for every look at it.</summary>
    public const int MostCounted = 10_000;

    static readonly DeskOrder lastChanged = new("updated_at", Descending: true, item => item.UpdatedAt);

    public static void Map(RouteGroupBuilder desk)
    {
        desk.MapGet("/", Handle)
            .WithSummary("List articles, the last changed first")
            .WithQuery("state", "category", "language", "author", "keyword", "q", "updatedSince", "limit", "after");
        desk.MapGet("/counts", HandleCounts)
            .WithSummary("Count articles by state, up to 10,000 each")
            .WithQuery("category", "language", "author", "keyword", "q", "updatedSince");
    }

    static async Task<Ok<DeskPage>> Handle(
        [AsParameters] DeskQuery query,
        Caller caller,
        PortalOptions portal,
        IQuerySession session,
        ArticleLocks locks,
        CancellationToken ct,
        string? limit = null,
        string? after = null
    )
    {
        var size = Queries.Limit(limit, DeskPage.DefaultLimit, DeskPage.MaxLimit);
        var filter = DeskFilter.Of(caller, query, portal);
        return TypedResults.Ok(await DeskPage.FindAsync(session, locks, filter, lastChanged, filter.Name("articles"), size, after, ct));
    }

    static async Task<Ok<DeskCounts>> HandleCounts(
        [AsParameters] DeskQuery query,
        Caller caller,
        PortalOptions portal,
        IQuerySession session,
        CancellationToken ct
    )
    {
        var filter = DeskFilter.Of(caller, query, portal);
        var states = Enum.GetValues<ArticleState>().Select(state => state.Word()).ToArray();
        // A query a state, since a plan for any state reads the table for those that are few.
        var counts = states.Select(
            (state, place) =>
                $"""
                    select {place} as place, (select count(*) from (
                        select from {DeskItem.Table} d where d.state = '{state}' and {filter.Where} limit {MostCounted + 1}
                    ) found) as n
                    """
        );
        var found = await session.AdvancedSql.QueryAsync<long>(
            $"select n from ({string.Join(" union all ", counts)}) counted order by place",
            ct,
            [.. states.SelectMany(_ => filter.Values)]
        );
        return TypedResults.Ok(
            new DeskCounts(
                states.Zip(found).ToDictionary(row => row.First, row => long.Min(MostCounted, row.Second)),
                [.. states.Zip(found).Where(row => row.Second > MostCounted).Select(row => row.First)]
            )
        );
    }
}
