using NewsPlatform.Feed.Lines;
using NewsPlatform.Feed.Localization;
using NewsPlatform.Feed.News;
using NewsPlatform.Feed.Stories;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Syndication;

/// <summary>Puts the feeds of lines together, whatever they are written in.</summary>
public sealed class FeedDocuments(LinePages pages, Archives archives, Entries entries, Tombstones tombstones, PortalOptions portal)
{
    /// <summary>Stories in a feed's head and in its older pages.</summary>
    public const int Size = 30;

    /// <summary>Only the head tells of what was withdrawn.</summary>
    public async Task<string> FingerprintAsync(Line line, PageRequest page, CancellationToken ct) =>
        IsHead(page)
            ? string.Join(
                ' ',
                (await tombstones.ReadAsync(line, ct))
                    .Select(t => $"{t.Id:N}{t.At.UtcTicks}")
                    .Prepend(await pages.FingerprintAsync(line, page, ct))
            )
            : await pages.FingerprintAsync(line, page, ct);

    public static bool IsHead(PageRequest page) => (page.After ?? page.Before) is null;

    public async Task<FeedDocument> PageAsync(FeedFormat format, Line line, PageRequest page, CancellationToken ct)
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
            Tombstones = isHead ? await tombstones.ReadAsync(line, ct) : [],
        };
    }

    public async Task<FeedDocument> ArchiveAsync(FeedFormat format, Line line, Archive archive, CancellationToken ct)
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

    FeedDocument Document(FeedFormat format, Line line, IReadOnlyList<Story> stories, IReadOnlyList<(string, string)> neighbours)
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

    string Address(FeedFormat format, Line line, string? parameter = null, string? value = null)
    {
        var query = LineAddress.Query(line with { Language = null, Category = null }, since: null, Line.DefaultLimit);
        if (parameter is not null && value is not null)
        {
            query.Add(parameter, value);
        }
        return portal.Absolute(
            string.Concat(
                line.Language is null ? "" : $"/{line.Language}",
                line.Category is null ? "" : $"/{line.Category}",
                $"/{format.FileName}",
                query.ToString()
            )
        );
    }
}
