using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using NewsPlatform.Publishing.Articles;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Desk;

/// <summary>Which articles are meant; what is not given does not matter.</summary>
public sealed record DeskQuery
{
    /// <summary>
    /// <c>draft</c>, <c>submitted</c>, <c>scheduled</c>, <c>published</c>, <c>unpublished</c> or <c>killed</c>; several with commas between
    /// them.
    /// </summary>
    [FromQuery(Name = "state")]
    public string? State { get; init; }

    /// <summary>Of the working copy.</summary>
    [FromQuery(Name = "category")]
    public string? Category { get; init; }

    [FromQuery(Name = "language")]
    public string? Language { get; init; }

    /// <summary>Who drafted it, as the history says it (<c>key:sport-desk</c>); or whose name, in whole words, the byline has.</summary>
    [FromQuery(Name = "author")]
    public string? Author { get; init; }

    [FromQuery(Name = "keyword")]
    public string? Keyword { get; init; }

    /// <summary>Beginnings of words, all of which headline and summary have, in any spelling (<see cref="Folding"/>).</summary>
    [FromQuery(Name = "q")]
    public string? Q { get; init; }

    /// <summary>RFC 3339 with an offset: anything happened to it then or later.</summary>
    [FromQuery(Name = "updatedSince")]
    public string? UpdatedSince { get; init; }
}

/// <summary>Conditions on <see cref="DeskItem"/>, as SQL with its values.</summary>
public sealed class DeskFilter
{
    /// <summary>UTF-16 code units of <c>q</c>, <c>author</c> and <c>keyword</c>.</summary>
    public const int MaxText = 200;

    public const int MaxWords = 20;

    /// <summary>The expressions of SQL that the indexes of keywords are on.</summary>
    public const string Keywords = "cast(d.data ->> 'keywords' as jsonb)",
        FoldedKeywords = "cast(d.data ->> 'foldedKeywords' as jsonb)";

    static readonly string[] states = [.. Enum.GetValues<ArticleState>().Select(state => state.Word())];
    readonly List<string> conditions = [];
    readonly List<object> values = [];

    /// <summary>Every category of all the article's copies; of what an older release stored, those that it stored.</summary>
    const string Categories =
        "coalesce(d.data -> 'categories', jsonb_build_array(d.category, coalesce(d.data ->> 'publicCategory', d.category)))";

    /// <summary>What a key of some categories may act on (see <see cref="CategoryAuthorization"/>), and nothing else.</summary>
    public DeskFilter(Caller caller)
    {
        if (caller.Categories.Count > 0)
        {
            And(
                $"d.category = any(?) and {Categories} <@ ?::jsonb",
                caller.Categories.ToArray(),
                JsonSerializer.Serialize(caller.Categories)
            );
        }
    }

    /// <exception cref="ProblemException">400 that names the parameter.</exception>
    public static DeskFilter Of(Caller caller, DeskQuery query, PortalOptions portal)
    {
        var filter = new DeskFilter(caller);
        if (query.State is { } state)
        {
            filter.And(
                "d.state = any(?)",
                [state.Split(',').Select(word => Queries.OneOf("state", word, states)).Distinct().Order().ToArray()]
            );
        }
        filter.Within(query.Category, query.Language, portal);
        if (Checked("author", query.Author) is { } author)
        {
            filter.And(
                "(d.author = ? or to_tsvector('simple', d.data ->> 'names') @@ phraseto_tsquery('simple', ?))",
                author,
                Folding.Apart(Folding.Of(author))
            );
        }
        if (Checked("keyword", query.Keyword) is { } keyword)
        {
            // As it stands too: what an older release stored is found before the backfill has come to it.
            filter.And(
                $"({FoldedKeywords} @> ?::jsonb or {Keywords} @> ?::jsonb)",
                JsonSerializer.Serialize(new[] { Folding.Of(keyword) }),
                JsonSerializer.Serialize(new[] { keyword })
            );
        }
        if (Checked("q", query.Q) is { } q)
        {
            filter.And("to_tsvector('simple', d.data ->> 'words') @@ to_tsquery('simple', ?)", Beginnings(q));
        }
        if (query.UpdatedSince is { } since)
        {
            filter.And("d.updated_at >= ?", Queries.Time("updatedSince", since));
        }
        return filter;
    }

    /// <exception cref="ProblemException">400 that names the parameter.</exception>
    public void Within(string? category, string? language, PortalOptions portal)
    {
        if (category is not null)
        {
            And("d.category = ?", Queries.OneOf("category", category, portal.CategoryCodes));
        }
        if (language is not null)
        {
            And("d.language = ?", Queries.OneOf("language", language, portal.Languages));
        }
    }

    public void And(string condition, params object[] its)
    {
        conditions.Add(condition);
        values.AddRange(its);
    }

    public string Where => conditions.Count == 0 ? "true" : string.Join(" and ", conditions);

    public object[] Values => [.. values];

    /// <summary>Names a list that is filtered by this.</summary>
    public string Name(string list) => $"{list}\n{Where}\n{JsonSerializer.Serialize(values)}";

    /// <summary>A query of PostgreSQL's for the beginnings of words.</summary>
    static string Beginnings(string text)
    {
        var words = Folding.Of(text).Split(' ').Where(word => Folding.Apart(word).Length > 0).ToArray();
        return words.Length is > 0 and <= MaxWords && words.Sum(word => Folding.Apart(word).Count(c => c == ' ') + 1) <= 2 * MaxWords
            ? string.Join(" & ", words.Select(Beginning))
            : throw ProblemException.BadRequest("q", $"must have from 1 to {MaxWords} words");
    }

    static string Beginning(string word)
    {
        var parts = string.Join(" <-> ", Folding.Apart(word).Split(' ').Select(part => $"'{part}':*"));
        return $"({string.Join(" | ", Folding.Joined(word).Select(joined => $"'{joined.Whole}':*").Prepend(parts))})";
    }

    static string? Checked(string parameter, string? text) =>
        text switch
        {
            null => null,
            _ when string.IsNullOrWhiteSpace(text) => throw ProblemException.BadRequest(parameter, "is empty"),
            { Length: > MaxText } => throw ProblemException.BadRequest(parameter, $"may have {MaxText} characters at most"),
            _ => CopyRules.Clean(text) ? text.Trim() : throw ProblemException.BadRequest(parameter, "may not contain control characters"),
        };
}
