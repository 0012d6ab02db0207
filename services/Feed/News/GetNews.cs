using NewsPlatform.Feed.Lines;
using NewsPlatform.Feed.Ready;
using NewsPlatform.Feed.Search;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.News;

public static class GetNews
{
    const string Path = "/api/news";

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapMethods(Path, Conditional.GetAndHead, Handle)
            .WithSummary("Read the news line")
            .WithTags("News")
            .Produces<LinePage>()
            .WithQuery([.. NewsQuery.Parameters, "q", "limit", "after", "before", "since"])
            .WithDescription(
                "Any combination of filters is a line. `next` and `previous` are the cursors of the neighbouring pages, "
                    + "which the header `Link` has as addresses (RFC 8288): stories that come in meanwhile shift nothing. "
                    + "`since` is a time: what was published (of `corrected=true`: corrected) later. "
                    + "`q` looks for words in headline, summary, body and keywords, in every form that the story's language gives them "
                    + "and without accents too: all of them, \"a phrase\", one `or` another, `-not` this. "
                    + "What matches best and is newest comes first, each with an `excerpt`, HTML in which `mark` is the "
                    + "only element; there is no `before` then. `language` is the one to look in; without it, all are."
            );

    static async Task<IResult> Handle(
        [AsParameters] NewsQuery query,
        LinePages pages,
        NewsSearch search,
        ResponseCache cache,
        PortalOptions portal,
        CancellationToken ct,
        string? q = null,
        string? limit = null,
        string? after = null,
        string? before = null,
        string? since = null
    )
    {
        var line = query.Line(portal);
        var size = Queries.Limit(limit, Line.DefaultLimit, Line.MaxLimit);
        if (q is not null)
        {
            return await SearchAsync(SearchText.Parse(q), line, size, search, after, before, since, ct);
        }
        var page = PageRequest.Of(line, size, after, before, since);
        return (
            await cache.GetAsync(
                CacheKey.Of(Path, line, page, Line.DefaultLimit) with
                {
                    Address = LineAddress.Kept(Path, line, page, Line.DefaultLimit),
                },
                line.Language,
                async () =>
                {
                    var found = await pages.ReadAsync(line, page, ct);
                    return Content.Json(found) with
                    {
                        Link = LineAddress.Links(Path, LineAddress.Query(line, page.Since, size), found.Next, found.Previous),
                    };
                },
                ct,
                () => pages.FingerprintAsync(line, page, ct)
            )
        )!;
    }

    /// <summary>Not kept ready: nobody else asks for just this.</summary>
    static async Task<IResult> SearchAsync(
        SearchText text,
        Line line,
        int size,
        NewsSearch search,
        string? after,
        string? before,
        string? since,
        CancellationToken ct
    )
    {
        if (before is not null)
        {
            throw ProblemException.BadRequest("before", "cannot stand beside q");
        }
        DateTimeOffset? time = since is null ? null : Queries.Time("since", since);
        var found = await search.FindAsync(text, line, size, ct, after, time);
        var query = LineAddress.Query(line, time, size);
        query.Add(SearchText.Parameter, text.Value);
        return new CachedResponse(Content.Json(found) with { Link = LineAddress.Links(Path, query, found.Next, null) }, null);
    }
}
