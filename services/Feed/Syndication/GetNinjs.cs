using Marten;
using Microsoft.AspNetCore.Http.Extensions;
using NewsPlatform.Feed.Lines;
using NewsPlatform.Feed.News;
using NewsPlatform.Feed.Ready;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Syndication;

public static class GetNinjs
{
    /// <summary>Stories are whole here, so that there are fewer of them than of a line's items.</summary>
    const int MaxLimit = 100;

    const string Path = "/api/news/ninjs";

    public static void Map(IEndpointRouteBuilder app)
    {
        app.MapMethods("/api/news/{id:guid}/ninjs", Conditional.GetAndHead, Story)
            .WithSummary("Get a story as ninjs 3.1")
            .WithTags("Feeds")
            .WithQuery()
            .Produces<Ninjs>()
            .ProducesProblem(StatusCodes.Status410Gone);
        app.MapMethods(Path, Conditional.GetAndHead, Line)
            .WithSummary("Get a line as ninjs 3.1")
            .WithTags("Feeds")
            .Produces<Ninjs>()
            .WithQuery([.. NewsQuery.Parameters, "limit", "after", "before", "since"])
            .WithDescription("The same parameters as of the news line, with a limit of 100. The header `Link` has the neighbouring pages.");
    }

    static async Task<IResult> Story(Guid id, IQuerySession session, ResponseCache cache, PortalOptions portal, CancellationToken ct) =>
        (
            await cache.GetAsync(
                new("ninjs of a story", new(), null, $"{id}") { Address = new($"/api/news/{id}/ninjs") },
                null,
                async () =>
                {
                    var story = await session.ReadableAsync(id, ct);
                    var view = await session.ViewAsync(story, ct);
                    return Content.Json(
                        Ninjs.Of(
                            story,
                            portal,
                            [
                                .. view.Featured.Select(
                                    (item, at) =>
                                        Ninjs.Partial("featured", at, item.Id, item.Language, item.Headline, portal.Absolute(item.Url))
                                ),
                                .. view.Related.Select(
                                    (item, at) =>
                                        Ninjs.Partial("related", at, item.Id, item.Language, item.Headline, portal.Absolute(item.Url))
                                ),
                                .. view.Translations.Select(
                                    (other, at) =>
                                        Ninjs.Partial("translation", at, other.Id, other.Language, null, portal.Absolute(other.Url))
                                ),
                            ]
                        ),
                        Ninjs.Options
                    );
                },
                ct
            )
        )!;

    static async Task<IResult> Line(
        [AsParameters] NewsQuery query,
        LinePages pages,
        ResponseCache cache,
        PortalOptions portal,
        CancellationToken ct,
        string? limit = null,
        string? after = null,
        string? before = null,
        string? since = null
    )
    {
        var line = query.Line(portal);
        var page = PageRequest.Of(line, Queries.Limit(limit, FeedDocuments.Size, MaxLimit), after, before, since);
        return (
            await cache.GetAsync(
                CacheKey.Of(Path, line, page, FeedDocuments.Size) with
                {
                    Address = LineAddress.Kept(Path, line, page, FeedDocuments.Size),
                },
                line.Language,
                async () =>
                {
                    var found = await pages.StoriesAsync(line, page, ct);
                    var query = LineAddress.Query(line, page.Since, page.Limit, FeedDocuments.Size);
                    var own = new QueryBuilder(query);
                    if ((after ?? before) is { } place)
                    {
                        own.Add(after is null ? "before" : "after", place);
                    }
                    return Content.Json(
                        Ninjs.Of(portal.Absolute($"{Path}{own}"), portal.Name, line.Language, found.Items, portal),
                        Ninjs.Options
                    ) with
                    {
                        Link = LineAddress.Links(Path, query, found.Next, found.Previous),
                    };
                },
                ct,
                () => pages.FingerprintAsync(line, page, ct)
            )
        )!;
    }
}
