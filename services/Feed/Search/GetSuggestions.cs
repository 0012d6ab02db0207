using System.Text.Json.Serialization;
using NewsPlatform.Feed.Ready;
using NewsPlatform.Feed.Stories;
using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Feed.Search;

/// <summary>What somebody who types may mean.</summary>
/// <param name="Kind"><c>keyword</c>, <c>author</c> or <c>headline</c>.</param>
/// <param name="Url">The page of the story whose headline it is.</param>
public sealed record Suggestion(
    string Text,
    string Kind,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Url
);

public sealed record SuggestionList(IReadOnlyList<Suggestion> Suggestions);

public static class GetSuggestions
{
    /// <summary>UTF-16 code units of <c>q</c>.</summary>
    public const int MaxLength = 100;

    public const int DefaultLimit = 8;
    public const int MaxLimit = 20;

    /// <summary>Headlines are suggested of the newest stories of a language only.</summary>
    const int NewestStories = 1_000;

    /// <summary>Keywords and authors that are like what was typed, of which those that usable stories have most are suggested.</summary>
    const int Candidates = 50;

    /// <summary>Beyond so many stories a keyword is simply a common one.</summary>
    const int MostUses = 100;

    public static void Map(IEndpointRouteBuilder app) =>
        app.MapMethods("/api/news/suggestions", Conditional.GetAndHead, Handle)
            .WithSummary("Suggest searches")
            .WithTags("News")
            .WithQuery("q", "language", "limit")
            .Produces<SuggestionList>()
            .WithDescription(
                "Keywords and authors that usable stories of the language have, then headlines of its newest ones: "
                    + "what begins with `q`, then what has a word that does, "
                    + "then what is written alike. Accents do not matter."
            );

    static readonly SharedWork<(string Language, string Typed, int Limit), IResult> searching = new();

    static async Task<IResult> Handle(
        NpgsqlDataSource database,
        PortalOptions portal,
        SearchOptions options,
        WorkLimits limits,
        CancellationToken ct,
        string? q = null,
        string? language = null,
        string? limit = null
    )
    {
        Check(q);
        var edition = Queries.OneOf("language", language ?? "", portal.Languages);
        var most = Queries.Limit(limit, DefaultLimit, MaxLimit);
        return (
            await searching.GetAsync(
                (edition, q!, most),
                limits.Searches,
                () => null,
                async () => await FindAsync(database, options, edition, q!, most, ct),
                ct
            )
        )!;
    }

    static async Task<IResult> FindAsync(
        NpgsqlDataSource database,
        SearchOptions options,
        string edition,
        string q,
        int most,
        CancellationToken ct
    )
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginBoundedAsync(options, ct);
        var typed = (string)(await connection.Command($"select {SearchTerms.Typed("$1")}", q).ExecuteScalarAsync(ct))!;
        if (typed.Length == 0)
        {
            return Conditional.Json(new SuggestionList([]));
        }
        var headlines = await ReadAsync(connection, Headlines, ct, edition, typed, most);
        var terms = await ReadAsync(connection, Terms, ct, edition, typed, most);
        // Each kind gets half of the room at least, where it has so much to say.
        var named = terms.Take(most - Math.Min(headlines.Count, most / 2)).ToArray();
        return Conditional.Json(new SuggestionList([.. named, .. headlines.Take(most - named.Length)]));
    }

    static void Check(string? q)
    {
        if (string.IsNullOrWhiteSpace(q))
        {
            throw ProblemException.BadRequest(SearchText.Parameter, "is empty");
        }
        if (q.Length > MaxLength)
        {
            throw ProblemException.BadRequest(SearchText.Parameter, $"may have {MaxLength} characters at most");
        }
        if (q.Any(char.IsControl))
        {
            throw ProblemException.BadRequest(SearchText.Parameter, "may not contain control characters");
        }
    }

    /// <summary>Of three letters nearly everything is a bit alike.</summary>
    const string Alike = "(typed like '%' || $2 || '%' or char_length($2) > 4 and $2 <% typed)";

    const string Best = "typed like $2 || '%' desc, typed like '%' || $2 || '%' desc, word_similarity($2, typed) desc";

    static readonly string Terms = $"""
        with alike as (
            select tag, row_number() over (order by {Best}, char_length(typed), tag) place, typed like $2 || '%' begins,
                typed like '%' || $2 || '%' has
            from {SearchTerms.Table} where language = $1 and {Alike} order by place limit {Candidates})
        select {SearchTerms.Named("tag")}, split_part(tag, ':', 1), null::text
        from alike, lateral (
            select count(*) uses from (
                select from {StoryTags.Table} used where used.tag = alike.tag and used.language = $1 limit {MostUses}) few) used
        where uses > 0 order by begins desc, has desc, uses desc, place limit $3
        """;

    static readonly string Headlines = $"""
        with newest as (select t.id, t.typed, d.published_at from mt_doc_story d join {StoryTexts.Table} t on t.id = d.id
            where d.{Lines.LinePages.Usable} and d.language = $1 order by d.published_at desc, d.id desc limit {NewestStories}),
        alike as (select * from newest where {Alike} order by {Best}, published_at desc, id desc limit $3)
        select d.data -> 'item' ->> 'headline', 'headline', d.data -> 'item' ->> 'url' from alike join mt_doc_story d on d.id = alike.id
        order by {Best}, alike.published_at desc, alike.id desc
        """;

    static async Task<IReadOnlyList<Suggestion>> ReadAsync(
        NpgsqlConnection connection,
        string sql,
        CancellationToken ct,
        params object[] values
    )
    {
        await using var command = connection.Command(sql, values);
        return await command.ListAsync(
            row => new Suggestion(row.GetString(0), row.GetString(1), row.IsDBNull(2) ? null : row.GetString(2)),
            ct
        );
    }
}
