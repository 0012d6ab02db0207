using System.Globalization;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Mvc;
using NewsPlatform.Feed.Pages;
using NewsPlatform.Feed.Ready;
using NewsPlatform.Feed.Search;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Lines;

/// <summary>Which line is meant; what is not given does not matter.</summary>
public sealed record NewsQuery
{
    /// <summary>UTF-16 code units of <c>keyword</c> and <c>author</c>.</summary>
    public const int MaxText = 200;

    /// <summary>Those that <see cref="Line"/> reads.</summary>
    public static readonly string[] Parameters = ["language", "category", "keyword", "author", "breaking", "corrected"];

    [FromQuery(Name = "language")]
    public string? Language { get; init; }

    [FromQuery(Name = "category")]
    public string? Category { get; init; }

    /// <summary>One of <c>keywords</c>, however it is spelt (<see cref="Folding"/>).</summary>
    [FromQuery(Name = "keyword")]
    public string? Keyword { get; init; }

    /// <summary>One of a story's <c>bylines</c>, likewise.</summary>
    [FromQuery(Name = "author")]
    public string? Author { get; init; }

    /// <summary><c>true</c>: only what is marked as breaking news.</summary>
    [FromQuery(Name = "breaking")]
    public string? Breaking { get; init; }

    /// <summary><c>true</c>: only what was corrected, the last correction first.</summary>
    [FromQuery(Name = "corrected")]
    public string? Corrected { get; init; }

    /// <exception cref="ProblemException">400 that names the parameter.</exception>
    public Line Line(PortalOptions portal) =>
        new(
            Known("language", Language, portal.Languages),
            Known("category", Category, portal.CategoryCodes),
            Text("keyword", Keyword),
            Text("author", Author),
            Yes("breaking", Breaking),
            Yes("corrected", Corrected)
        );

    static string? Known(string parameter, string? value, IEnumerable<string> known) =>
        value is null ? null : Queries.OneOf(parameter, value, known);

    static string? Text(string parameter, string? value) =>
        value switch
        {
            null => null,
            "" => throw ProblemException.BadRequest(parameter, "is empty"),
            { Length: > MaxText } => throw ProblemException.BadRequest(parameter, $"may have {MaxText} characters at most"),
            _ when value.Any(char.IsControl) => throw ProblemException.BadRequest(parameter, "may not contain control characters"),
            _ => value,
        };

    static bool Yes(string parameter, string? value) =>
        value switch
        {
            null => false,
            "true" => true,
            _ => throw ProblemException.BadRequest(parameter, "is true, or is left out"),
        };
}

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
                "Any combination of filters is a line. `next` and `previous` are the cursors of the neighbouring pages, which the header `Link` has as "
                    + "addresses (RFC 8288): stories that come in meanwhile shift nothing. `since` is a time: what was published (of `corrected=true`: corrected) later. "
                    + "`q` looks for words in headline, summary, body and keywords, in every form that the story's language gives them and without accents too: all of "
                    + "them, \"a phrase\", one `or` another, `-not` this. What matches best and is newest comes first, each with an `excerpt`, HTML in which `mark` is the "
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
        var page = SectionOf(line, size, after, before, since);
        return (
            await cache.GetAsync(
                CacheKey.Of(Path, line, page, Line.DefaultLimit),
                line.Language,
                async () =>
                {
                    var found = await pages.ReadAsync(line, page, ct);
                    return Content.Json(found) with { Link = Link(Path, Query(line, page.Since, size), found.Next, found.Previous) };
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
        var query = Query(line, time, size);
        query.Add(SearchText.Parameter, text.Value);
        return new CachedResponse(Content.Json(found) with { Link = Link(Path, query, found.Next, null) }, null);
    }

    /// <exception cref="ProblemException">400 that names the parameter.</exception>
    public static PageRequest SectionOf(Line line, int limit, string? after, string? before, string? since)
    {
        if (after is not null && before is not null)
        {
            throw ProblemException.BadRequest("before", "cannot stand beside after");
        }
        return new(
            limit,
            after is null ? null : Cursor.Decode("after", after, line.Name),
            before is null ? null : Cursor.Decode("before", before, line.Name),
            since is null ? null : Queries.Time("since", since)
        );
    }

    /// <summary>What a line was asked for with, in one order and spelling.</summary>
    /// <param name="usual">The limit of who says none.</param>
    public static QueryBuilder Query(Line line, DateTimeOffset? since, int limit, int usual = Line.DefaultLimit)
    {
        var query = new QueryBuilder();
        foreach (
            var (name, value) in new[]
            {
                ("language", line.Language),
                ("category", line.Category),
                ("keyword", line.Keyword),
                ("author", line.Author),
                ("breaking", line.Breaking ? "true" : null),
                ("corrected", line.Corrected ? "true" : null),
                ("limit", limit == usual ? null : limit.ToString(CultureInfo.InvariantCulture)),
                ("since", since is { } time ? Times.Exactly(time) : null),
            }
        )
        {
            if (value is not null)
            {
                query.Add(name, value);
            }
        }
        return query;
    }

    /// <summary>The neighbouring pages as addresses (RFC 8288).</summary>
    public static string Link(string path, QueryBuilder query, string? next, string? previous)
    {
        return string.Join(
            ", ",
            new[] { ("first", "", ""), ("next", "after", next), ("prev", "before", previous) }
                .Where(link => link.Item3 is not null)
                .Select(link => $"<{path}{With(link.Item2, link.Item3!)}>; rel=\"{link.Item1}\"")
        );

        string With(string name, string cursor)
        {
            var with = new QueryBuilder(query);
            if (name.Length > 0)
            {
                with.Add(name, cursor);
            }
            return with.ToString();
        }
    }
}
