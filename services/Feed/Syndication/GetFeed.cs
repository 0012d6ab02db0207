using NewsPlatform.Feed.Lines;
using NewsPlatform.Feed.Localization;
using NewsPlatform.Feed.News;
using NewsPlatform.Feed.Ready;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Syndication;

/// <summary>The feeds of every line: of the portal, of an edition and of a category of it, each filtered as the news line is.</summary>
public sealed class GetFeed(FeedDocuments documents, PortalOptions portal, TimeProvider clock)
{
    static readonly Dictionary<FeedFormat, Func<FeedDocument, byte[]>> writers = new()
    {
        [FeedFormat.Rss] = Rss.Write,
        [FeedFormat.Atom] = Atom.Write,
        [FeedFormat.Json] = JsonFeed.Write,
    };

    static readonly (string Place, string Of, string Name)[] places =
    [
        ("", "the portal", ""),
        ("/{language:edition}", "an edition", "OfEdition"),
        ("/{language:edition}/{category:category}", "a category of an edition", "OfCategory"),
    ];

    static readonly string[] parameters = ["keyword", "author", "breaking", "corrected", "after", "before", "archive"];

    public static void Map(IEndpointRouteBuilder app)
    {
        foreach (var format in FeedFormat.All)
        {
            var write = writers[format];
            foreach (var (place, of, name) in places)
            {
                app.MapMethods(
                        $"{place}/{format.FileName}",
                        Conditional.GetAndHead,
                        (
                            HttpContext context,
                            GetFeed feed,
                            ResponseCache cache,
                            CancellationToken ct,
                            string? language = null,
                            string? category = null
                        ) => feed.AnswerAsync(format, write, language, category, context, cache, ct)
                    )
                    .WithSummary($"{format.Standard} of {of}")
                    .WithTags("Feeds")
                    .WithName($"get{format.FileName.Replace(".", "", StringComparison.Ordinal)}{name}")
                    .Produces<string>(contentType: format.MediaType)
                    .TakesQuery(parameters)
                    .WithDescription(
                        "Thirty stories whole, newest first, filtered as the news line is. "
                            + "`after` and `before` are the cursors of its pages, `archive` is a part that does not grow any more; "
                            + "the feed's links say which there are (RFC 5005)."
                    );
            }
        }
    }

    async Task<IResult> AnswerAsync(
        FeedFormat format,
        Func<FeedDocument, byte[]> write,
        string? language,
        string? category,
        HttpContext context,
        ResponseCache cache,
        CancellationToken ct
    )
    {
        string? Asked(string name) => context.Request.Query.TryGetValue(name, out var value) ? value.ToString() : null;
        var line = new NewsQuery
        {
            Language = language,
            Category = category,
            Keyword = Asked("keyword"),
            Author = Asked("author"),
            Breaking = Asked("breaking"),
            Corrected = Asked("corrected"),
        }.Line(portal);
        var page = PageRequest.Of(line, FeedDocuments.Size, Asked("after"), Asked("before"), null);
        var archive = Asked("archive") is { } text ? Archive.Parse("archive", text) : null;
        if (archive is not null && !FeedDocuments.IsHead(page))
        {
            throw ProblemException.BadRequest("archive", "cannot stand beside after or before");
        }
        // Which archives there are changes with the day.
        var today = Times.Day(clock.GetUtcNow());
        var term = new Term(Times.Start(today.AddDays(1)), Times.Start(today));
        return archive is null
            ? (
                await cache.GetAsync(
                    CacheKey.Of(format.FileName, line, page, FeedDocuments.Size) with
                    {
                        Address = LineAddress.KeptFeed(format.FileName, line, page, parameters),
                    },
                    line.Language,
                    async () => Write(await documents.PageAsync(format, line, page, ct)),
                    ct,
                    () => documents.FingerprintAsync(line, page, ct),
                    term
                )
            )!
            : (
                await cache.GetAsync(
                    new(format.FileName, line, null, $"{archive}"),
                    line.Language,
                    async () => Write(await documents.ArchiveAsync(format, line, archive, ct)),
                    ct,
                    null,
                    term
                )
            )!;

        Content Write(FeedDocument document) => new(write(document), $"{format.MediaType}; charset=utf-8");
    }
}
