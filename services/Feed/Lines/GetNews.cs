using Marten;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Lines;

public static class GetNews
{
    public static void Map(IEndpointRouteBuilder app) => app.MapMethods("/api/news", Conditional.GetAndHead, Handle)
        .WithSummary("The news line").WithTags("News").WithQuery("language", "category", "keyword", "limit", "after", "before").Produces<LinePage>();

    static async Task<IResult> Handle(HttpContext context, IQuerySession session, PortalOptions portal, CancellationToken ct,
        string? language = null, string? category = null, string? keyword = null, string? limit = null, string? after = null, string? before = null)
    {
        var line = new Line(Known("language", language, portal.Languages), Known("category", category, portal.CategoryCodes), keyword);
        var size = Queries.Limit(limit, Line.DefaultLimit, Line.MaxLimit);
        if (after is not null && before is not null)
        {
            throw Refusal.Unreadable("before", "cannot stand beside after");
        }
        return Conditional.Json(context, await line.PageAsync(session, size,
            after is null ? null : Cursor.Decode("after", after, line),
            before is null ? null : Cursor.Decode("before", before, line), ct));
    }

    static string? Known(string parameter, string? value, IEnumerable<string> known) => value is null || known.Contains(value)
        ? value
        : throw Refusal.Unreadable(parameter, $"must be one of {string.Join(", ", known)}");
}
