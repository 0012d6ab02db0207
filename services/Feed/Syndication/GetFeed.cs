using Microsoft.AspNetCore.Http.Extensions;
using NewsPlatform.Feed.Lines;
using NewsPlatform.Feed.Pages;
using NewsPlatform.Feed.Ready;
using NewsPlatform.Feed.Stories;
using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Feed.Syndication;

/// <summary>The feeds of every line: of the portal, of an edition and of a category of it, each filtered as the news line is.</summary>
public sealed class GetFeed(
    LinePages pages,
    Archives archives,
    Entries entries,
    NpgsqlDataSource database,
    PortalOptions portal,
    TimeProvider clock
)
{
    /// <summary>Stories in a feed's head and in its older pages.</summary>
    public const int Size = 30;

    const int MaxTombstones = 30;

    /// <param name="Name">The last part of the address.</param>
    public sealed record Format(string Name, string MediaType, string Summary, Func<FeedDocument, byte[]> Write);

    static readonly Format[] formats = [Rss.Format, Atom.Format, JsonFeed.Format];

    static readonly (string Place, string Of, string Name)[] places =
    [
        ("", "the portal", ""),
        ("/{language:edition}", "an edition", "OfEdition"),
        ("/{language:edition}/{category:category}", "a category of an edition", "OfCategory"),
    ];

    public static void Map(IEndpointRouteBuilder app)
    {
        foreach (var format in formats)
        {
            foreach (var (place, of, name) in places)
            {
                app.MapMethods(
                        $"{place}/{format.Name}",
                        Conditional.GetAndHead,
                        (
                            HttpContext context,
                            GetFeed feed,
                            ResponseCache cache,
                            CancellationToken ct,
                            string? language = null,
                            string? category = null
                        ) => feed.AnswerAsync(format, language, category, context, cache, ct)
                    )
                    .WithSummary($"{format.Summary} of {of}")
                    .WithTags("Feeds")
                    .WithName($"get{format.Name.Replace(".", "", StringComparison.Ordinal)}{name}")
                    .Produces<string>(contentType: format.MediaType)
                    .TakesQuery("keyword", "author", "breaking", "corrected", "after", "before", "archive")
                    .WithDescription(
                        "Thirty stories whole, newest first, filtered as the news line is. `after` and `before` are the cursors of its pages, `archive` is a part that does not grow any more; the feed's links say which there are (RFC 5005)."
                    );
            }
        }
    }

    async Task<IResult> AnswerAsync(
        Format format,
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
        var page = GetNews.SectionOf(line, Size, Asked("after"), Asked("before"), null);
        var archive = Asked("archive") is { } text ? Archive.Parse("archive", text) : null;
        if (archive is not null && !IsHead(page))
        {
            throw ProblemException.BadRequest("archive", "cannot stand beside after or before");
        }
        // Which archives there are changes with the day.
        var today = Times.Day(clock.GetUtcNow());
        var term = new Term(Times.Start(today.AddDays(1)), Times.Start(today));
        return archive is null
            ? (
                await cache.GetAsync(
                    CacheKey.Of(format.Name, line, page, Size),
                    line.Language,
                    async () => Write(await PageAsync(format, line, page, ct)),
                    ct,
                    () => MarkAsync(line, page, ct),
                    term
                )
            )!
            : (
                await cache.GetAsync(
                    new(format.Name, line, null, $"{archive}"),
                    line.Language,
                    async () => Write(await ArchiveAsync(format, line, archive, ct)),
                    ct,
                    null,
                    term
                )
            )!;

        Content Write(FeedDocument document) => new(format.Write(document), $"{format.MediaType}; charset=utf-8");
    }

    /// <summary>Only the head tells of what was withdrawn.</summary>
    async Task<string> MarkAsync(Line line, PageRequest page, CancellationToken ct) =>
        IsHead(page)
            ? string.Join(
                ' ',
                (await TombstonesAsync(line, ct))
                    .Select(t => $"{t.Id:N}{t.At.UtcTicks}")
                    .Prepend(await pages.FingerprintAsync(line, page, ct))
            )
            : await pages.FingerprintAsync(line, page, ct);

    static bool IsHead(PageRequest page) => (page.After ?? page.Before) is null;

    async Task<FeedDocument> PageAsync(Format format, Line line, PageRequest page, CancellationToken ct)
    {
        var found = await pages.StoriesAsync(line, page, ct);
        var isHead = IsHead(page);
        var neighbours = new List<(string, string)> { ("first", Address(format, line)) };
        if (found.Next is not null)
        {
            neighbours.Add(("next", Address(format, line, "after", found.Next)));
        }
        if (found.Previous is not null)
        {
            neighbours.Add(("previous", Address(format, line, "before", found.Previous)));
        }
        if (isHead && found.Next is not null && await archives.NewestAsync(line, ct) is { } newest)
        {
            neighbours.Add(("prev-archive", Address(format, line, "archive", newest.ToString())));
        }
        return Document(format, line, found.Items, neighbours) with
        {
            Self = page switch
            {
                { After: { } after } => Address(format, line, "after", after.Encode(line.Name)),
                { Before: { } before } => Address(format, line, "before", before.Encode(line.Name)),
                _ => Address(format, line),
            },
            Tombstones = isHead ? await TombstonesAsync(line, ct) : [],
        };
    }

    async Task<FeedDocument> ArchiveAsync(Format format, Line line, Archive archive, CancellationToken ct)
    {
        var stories = await archives.ReadAsync(line, archive, ct) ?? throw ProblemException.NotFound("archive");
        var neighbours = new List<(string, string)> { ("current", Address(format, line)) };
        if (await archives.BeforeAsync(line, archive, ct) is { } earlier)
        {
            neighbours.Add(("prev-archive", Address(format, line, "archive", earlier.ToString())));
        }
        if (await archives.AfterAsync(line, archive, ct) is { } later)
        {
            neighbours.Add(("next-archive", Address(format, line, "archive", later.ToString())));
        }
        return Document(format, line, stories, neighbours) with
        {
            Self = Address(format, line, "archive", archive.ToString()),
            IsArchive = true,
        };
    }

    FeedDocument Document(Format format, Line line, IReadOnlyList<Story> stories, IReadOnlyList<(string, string)> neighbours)
    {
        var language = line.Language ?? portal.Languages[0];
        var words = Words.Of(language);
        var page =
            line.Language is null ? "/"
            : line.Category is null ? $"/{language}"
            : $"/{language}/{line.Category}";
        return new()
        {
            Line = line,
            Id = Address(format, line),
            Title = Entries.Xml(
                string.Join(
                    " · ",
                    new[]
                    {
                        portal.Name,
                        line.Category is null ? null : portal.CategoryName(line.Category, language),
                        line.Keyword,
                        line.Author,
                        line.Breaking ? words.Breaking : null,
                        line.Corrected ? words.Correction : null,
                    }.OfType<string>()
                )
            ),
            Description = Entries.Xml(string.Format(System.Globalization.CultureInfo.InvariantCulture, words.About, portal.Name)),
            Self = Address(format, line),
            Page = portal.Absolute(page),
            Hub = portal.HubUrl.Length == 0 ? "" : portal.Absolute(portal.HubUrl),
            Neighbours = neighbours,
            Entries = [.. stories.Select(entries.Of)],
            Tombstones = [],
        };
    }

    /// <summary>What was withdrawn last from the language and category; who never had it passes over it (RFC 6721, section 4).</summary>
    async Task<IReadOnlyList<Tombstone>> TombstonesAsync(Line line, CancellationToken ct)
    {
        await using var command = database.CreateCommand();
        var conditions = new List<string> { $"t.tag = {LinePages.Value(command, StoryTags.Withdrawn)}" };
        if (line.Language is not null)
        {
            conditions.Add($"t.language = {LinePages.Value(command, line.Language)}");
        }
        if (line.Category is not null)
        {
            conditions.Add($"t.category = {LinePages.Value(command, line.Category)}");
        }
        command.CommandText =
            $"select t.id, t.at, d.data ->> 'reason' from {StoryTags.Table} t join mt_doc_story d on d.id = t.id where {string.Join(" and ", conditions)} order by t.at desc, t.id desc limit {MaxTombstones}";
        return await command.ListAsync(
            row => new Tombstone(
                row.GetGuid(0),
                row.GetFieldValue<DateTimeOffset>(1),
                row.IsDBNull(2) ? null : Entries.Xml(row.GetString(2))
            ),
            ct
        );
    }

    string Address(Format format, Line line, string? parameter = null, string? value = null)
    {
        var query = new QueryBuilder();
        foreach (
            var (name, its) in new[]
            {
                ("keyword", line.Keyword),
                ("author", line.Author),
                ("breaking", line.Breaking ? "true" : null),
                ("corrected", line.Corrected ? "true" : null),
                (parameter ?? "", value),
            }
        )
        {
            if (its is not null)
            {
                query.Add(name, its);
            }
        }
        return portal.Absolute(
            string.Concat(
                line.Language is null ? "" : $"/{line.Language}",
                line.Category is null ? "" : $"/{line.Category}",
                $"/{format.Name}",
                query.ToString()
            )
        );
    }
}
