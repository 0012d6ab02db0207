using System.Globalization;
using Microsoft.AspNetCore.Http.Extensions;
using NewsPlatform.Feed.Lines;
using NewsPlatform.Feed.Localization;
using NewsPlatform.Feed.Ready;

namespace NewsPlatform.Feed.News;

/// <summary>The addresses of a line and of its pages.</summary>
public static class LineAddress
{
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

    /// <summary>
    /// Where the edge keeps the beginning of a line. Its further pages and what is newer than a time are of too many kinds to be asked for
    /// by many.
    /// </summary>
    public static CacheAddress? Kept(string path, Line line, PageRequest page, int usual) =>
        page == new PageRequest(page.Limit) ? new($"{path}{Query(line, null, page.Limit, usual)}") : null;

    /// <summary>Likewise of a feed, whose path has its language and category.</summary>
    /// <param name="parameters">All that a feed reads.</param>
    public static CacheAddress? KeptFeed(string fileName, Line line, PageRequest page, string[] parameters)
    {
        var path = string.Join('/', new[] { "", line.Language, line.Category, fileName }.Where(part => part is not null));
        return page == new PageRequest(page.Limit)
            ? new($"{path}{Query(line with { Language = null, Category = null }, null, page.Limit, page.Limit)}", parameters)
            : null;
    }

    /// <summary>The neighbouring pages as addresses (RFC 8288).</summary>
    public static string Links(string path, QueryBuilder query, string? next, string? previous)
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
