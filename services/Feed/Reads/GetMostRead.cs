using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Mvc;
using NewsPlatform.Feed.Ready;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Reads;

/// <summary>Which stories are ranked, and by the reads of which time.</summary>
public sealed record RankingQuery
{
    /// <summary><c>1h</c>, <c>24h</c> or, of the most read, <c>7d</c>.</summary>
    [FromQuery(Name = "window")]
    public string? Window { get; init; }

    [FromQuery(Name = "language")]
    public string? Language { get; init; }

    [FromQuery(Name = "category")]
    public string? Category { get; init; }

    [FromQuery(Name = "limit"), Range(1, Ranking.Length)]
    public string? Limit { get; init; }
}

/// <summary>The first stories of a ranking.</summary>
/// <param name="Window">Back from now.</param>
public sealed record RankingView(string Window, IReadOnlyList<RankedStory> Items);

public static class GetMostRead
{
    const int DefaultLimit = 10;
    const string DefaultWindow = "24h";

    public static void Map(IEndpointRouteBuilder app)
    {
        Map(app, "/api/news/most-read", Handle)
            .WithSummary("List the most read stories")
            .WithDescription(
                "Counted without a trace of who reads. The ranking is half a minute old at most, and what was withdrawn is not in it."
            );
        Map(app, "/api/news/trending", HandleTrending)
            .WithSummary("List the trending stories")
            .WithDescription(
                "Ordered by how far the reads of the window are above what the day before it (of `24h`: the six days) lets expect. "
                    + "A few reads are no trend."
            );
    }

    static RouteHandlerBuilder Map(IEndpointRouteBuilder app, string path, Delegate handler) =>
        app.MapMethods(path, Conditional.GetAndHead, handler)
            .WithTags("News")
            .Produces<RankingView>()
            .WithQuery("window", "language", "category", "limit");

    static Task<IResult> Handle(
        [AsParameters] RankingQuery query,
        Rankings rankings,
        PortalOptions portal,
        WorkLimits limits,
        CancellationToken ct
    ) => AnswerAsync(Ranking.MostRead, query, rankings, portal, limits, ct);

    static Task<IResult> HandleTrending(
        [AsParameters] RankingQuery query,
        Rankings rankings,
        PortalOptions portal,
        WorkLimits limits,
        CancellationToken ct
    ) => AnswerAsync(Ranking.Trending, query, rankings, portal, limits, ct);

    static async Task<IResult> AnswerAsync(
        IReadOnlyList<Ranking> windows,
        RankingQuery query,
        Rankings rankings,
        PortalOptions portal,
        WorkLimits limits,
        CancellationToken ct
    )
    {
        var window = Queries.OneOf("window", query.Window ?? DefaultWindow, windows.Select(r => r.Window));
        var language = query.Language is null ? null : Queries.OneOf("language", query.Language, portal.Languages);
        var category = query.Category is null ? null : Queries.OneOf("category", query.Category, portal.CategoryCodes);
        var limit = Queries.Limit(query.Limit, DefaultLimit, Ranking.Length);
        using var permit = await limits.Others.EnterAsync(ct);
        var found = await rankings.ReadAsync(windows.Single(r => r.Window == window), language, category, limit, ct);
        return Conditional.Json(new RankingView(window, found));
    }
}
