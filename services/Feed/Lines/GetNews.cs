using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.AspNetCore.Mvc;
using NewsPlatform.Feed.Search;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Lines;

/// <summary>Which line is meant; what is not given does not matter.</summary>
public sealed record NewsQuery
{
    [FromQuery(Name = "language")]
    public string? Language { get; init; }

    [FromQuery(Name = "category")]
    public string? Category { get; init; }

    /// <summary>As it stands in <c>keywords</c>.</summary>
    [FromQuery(Name = "keyword")]
    public string? Keyword { get; init; }

    /// <summary>As it stands in a story's <c>bylines</c>.</summary>
    [FromQuery(Name = "author")]
    public string? Author { get; init; }

    /// <summary><c>true</c>: only what is marked as breaking news.</summary>
    [FromQuery(Name = "breaking")]
    public string? Breaking { get; init; }

    /// <summary><c>true</c>: only what was corrected, the last correction first.</summary>
    [FromQuery(Name = "corrected")]
    public string? Corrected { get; init; }
}

public static class GetNews
{
    /// <summary>UTF-16 code units of <c>keyword</c> and <c>author</c>.</summary>
    public const int MaxText = 200;

    public static void Map(IEndpointRouteBuilder app) => app.MapMethods("/api/news", Conditional.GetAndHead, Handle)
        .WithSummary("The news line").WithTags("News").Produces<LinePage>()
        .WithQuery("language", "category", "keyword", "author", "breaking", "corrected", "q", "limit", "after", "before", "since")
        .WithDescription("Any combination of filters is a line. `next` and `previous` are the cursors of the neighbouring pages, which the header `Link` has as "
            + "addresses (RFC 8288): stories that come in meanwhile shift nothing. `since` is a time: what was published (of `corrected=true`: corrected) later. "
            + "`q` looks for words in headline, summary, body and keywords, in every form that the story's language gives them and without accents too: all of "
            + "them, \"a phrase\", one `or` another, `-not` this. What matches best and is newest comes first, each with an `excerpt`, HTML in which `mark` is the "
            + "only element; there is no `before` then. `language` is the one to look in; without it, all are.");

    static async Task<IResult> Handle([AsParameters] NewsQuery query, HttpContext context, LinePages pages, NewsSearch search, PortalOptions portal, CancellationToken ct,
        string? q = null, string? limit = null, string? after = null, string? before = null, string? since = null)
    {
        var line = new Line(Known("language", query.Language, portal.Languages), Known("category", query.Category, portal.CategoryCodes),
            Text("keyword", query.Keyword), Text("author", query.Author), Yes("breaking", query.Breaking), Yes("corrected", query.Corrected));
        var size = Queries.Limit(limit, Line.DefaultLimit, Line.MaxLimit);
        if (after is not null && before is not null)
        {
            throw Refusal.Unreadable("before", "cannot stand beside after");
        }
        DateTimeOffset? from = since is null ? null : Queries.Time("since", since);
        if (q is not null)
        {
            if (before is not null)
            {
                throw Refusal.Unreadable("before", "cannot stand beside q");
            }
            var found = await search.FindAsync(SearchText.Parse(q), line, size, ct, after, from);
            Link(context, found.Next, null);
            return Conditional.Json(context, found);
        }
        var page = await pages.ReadAsync(line, size, ct,
            after is null ? null : Cursor.Decode("after", after, line.Name),
            before is null ? null : Cursor.Decode("before", before, line.Name), from);
        Link(context, page.Next, page.Previous);
        return Conditional.Json(context, page);
    }

    static void Link(HttpContext context, string? next, string? previous)
    {
        var kept = context.Request.Query.Where(parameter => parameter.Key is not ("after" or "before")).ToArray();
        var links = new[] { ("first", "", (string?)""), ("next", "after", next), ("prev", "before", previous) }.Where(link => link.Item3 is not null)
            .Select(link => $"<{context.Request.Path}{Query(link.Item2, link.Item3!)}>; rel=\"{link.Item1}\"");
        context.Response.Headers.Link = string.Join(", ", links);

        string Query(string name, string cursor)
        {
            var query = new QueryBuilder(kept);
            if (name.Length > 0)
            {
                query.Add(name, cursor);
            }
            return query.ToString();
        }
    }

    static string? Known(string parameter, string? value, IEnumerable<string> known) => value is null ? null : Queries.OneOf(parameter, value, known);

    static string? Text(string parameter, string? value) => value switch
    {
        null => null,
        "" => throw Refusal.Unreadable(parameter, "is empty"),
        { Length: > MaxText } => throw Refusal.Unreadable(parameter, $"may have {MaxText} characters at most"),
        _ when value.Any(char.IsControl) => throw Refusal.Unreadable(parameter, "may not contain control characters"),
        _ => value,
    };

    static bool Yes(string parameter, string? value) => value switch
    {
        null => false,
        "true" => true,
        _ => throw Refusal.Unreadable(parameter, "is true, or is left out"),
    };
}
