using System.Text.RegularExpressions;
using Marten;
using NewsPlatform.Feed.Lines;
using NewsPlatform.Feed.Ready;
using NewsPlatform.Feed.Stories;
using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Feed.Search;

/// <summary>
/// Finds stories, the best first: how well a story matches counts, and how new it is. Only stories of one window are ranked against each
/// other, the newest so many that match; the next older ones follow behind. So nothing is ranked, sorted or read that grows with the
/// archive, and a page has its place, which stories that come in do not shift.
/// </summary>
public sealed partial class NewsSearch(
    NpgsqlDataSource database,
    IDocumentStore store,
    PortalOptions portal,
    SearchOptions options,
    WorkLimits limits
)
{
    /// <summary>So that a story that matches next to nothing still has a logarithm.</summary>
    const double LeastRank = 0.001;

    /// <summary>
    /// In so many windows' worth of the newest stories a window is looked for, then in ten times as many older ones, and so on: of a common
    /// word only the newest are found.
    /// </summary>
    const int FirstStep = 4;

    readonly SharedWork<(string List, string? After, int Limit), SearchPage> searching = new();

    /// <summary>What was asked for in one language: PostgreSQL's query, and its words that can be found.</summary>
    sealed record Meaning(string Language, string Query, string[] Words);

    /// <param name="line">Filters what is found.</param>
    /// <param name="since">Only what was published (of a line of corrections: corrected) later.</param>
    /// <exception cref="ProblemException">400 when nothing is left to look for, 503 when too many search at once.</exception>
    public async Task<SearchPage> FindAsync(
        SearchText text,
        Line line,
        int limit,
        CancellationToken ct,
        string? after = null,
        DateTimeOffset? since = null
    )
    {
        var list = string.Join('\n', "search", line.Name, since?.UtcTicks, text.Value);
        var cursor = after is null ? null : SearchCursor.Decode("after", after, list);
        return (
            await searching.GetAsync(
                (list, after, limit),
                limits.Searches,
                () => null,
                async () => await FindAsync(text, line, limit, since, list, cursor, ct),
                ct
            )
        )!;
    }

    async Task<SearchPage> FindAsync(
        SearchText text,
        Line line,
        int limit,
        DateTimeOffset? since,
        string list,
        SearchCursor? cursor,
        CancellationToken ct
    )
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        await using var transaction = await connection.BeginBoundedAsync(options, ct);
        var meanings = await UnderstandAsync(connection, text, line, ct);
        var (query, hits, window) = (Query(meanings, line), new List<(SearchHit Hit, Cursor Place)>(), cursor?.Window);
        for (var within = cursor?.Within; ; within = null)
        {
            var found = await NewestAsync(connection, query, line, since, window, ct);
            if (found.Count == 0 && window?.To is null)
            {
                return Page(null);
            }
            window = window is { To: not null }
                ? window
                : new(
                    window?.From ?? new(found[0].At.AddTicks(TimeSpan.TicksPerMicrosecond), Guid.Empty),
                    found.Count < options.WindowStories ? null : found[^1]
                );
            hits.AddRange(await RankAsync(connection, meanings, [.. found.Select(f => f.Id)], within, limit + 1 - hits.Count, ct));
            if (hits.Count > limit)
            {
                return Page(new SearchCursor(window, hits[limit - 1].Place));
            }
            if (window.To is null)
            {
                return Page(null);
            }
            if (hits.Count == limit && await NewestAsync(connection, query, line, since, new(window.To, null), ct, 1) is { Count: > 0 })
            {
                return Page(new SearchCursor(window, hits[limit - 1].Place));
            }
            window = new(window.To, null);
        }

        SearchPage Page(SearchCursor? next) => new() { Items = [.. hits.Take(limit).Select(h => h.Hit)], Next = next?.Encode(list) };
    }

    /// <summary>
    /// A text means something else in each language; in which it has only words that are in every text, nothing is found.
    /// </summary>
    async Task<IReadOnlyList<Meaning>> UnderstandAsync(NpgsqlConnection connection, SearchText text, Line line, CancellationToken ct)
    {
        string[] languages = line.Language is { } only ? [only] : [.. portal.Languages];
        var joined = languages.Select(text.Joined).ToArray();
        object[] values =
        [
            languages,
            languages.Select(SearchLanguage.Configuration).ToArray(),
            languages.Select(text.In).ToArray(),
            .. Enumerable
                .Range(0, joined.Min(words => words.Count))
                .SelectMany(n => new[] { joined.Select(words => words[n].Parts).ToArray(), [.. joined.Select(words => words[n].Whole)] }),
        ];
        var pairs = (values.Length - 3) / 2;
        await using var command = connection.Command(
            $"""
            select language, query::text, querytree(query)
            from unnest($1::text[], $2::regconfig[]{string.Concat(Enumerable.Range(3, values.Length - 2).Select(n => $", ${n}::text[]"))})
                asked (language, configuration, words{string.Concat(Enumerable.Range(0, pairs).Select(n => $", parts{n}, whole{n}"))}),
                lateral (select {SearchLanguage.Plain($"{Asked(pairs)}::text")}::tsquery query) meant
            """,
            values
        );
        var meanings = new List<Meaning>();
        await using var rows = await command.ExecuteReaderAsync(ct);
        while (await rows.ReadAsync(ct))
        {
            // T: whatever has no such word. Nothing: only words that are in every text.
            if (rows.GetString(2) is not ("T" or "") and var tree)
            {
                meanings.Add(
                    new(
                        rows.GetString(0),
                        rows.GetString(1),
                        [
                            .. Lexeme()
                                .Matches(tree)
                                .Select(m =>
                                    m.Groups[1]
                                        .Value.Replace("''", "'", StringComparison.Ordinal)
                                        .Replace(@"\\", @"\", StringComparison.Ordinal)
                                ),
                        ]
                    )
                );
            }
        }
        return meanings.Count > 0 ? meanings : throw SearchText.Nothing();
    }

    /// <summary>The SQL of the query, in which each joined word may be its parts behind each other or the whole as one.</summary>
    /// <param name="pairs">How many are joined.</param>
    static string Asked(int pairs) =>
        Enumerable
            .Range(0, pairs)
            .Aggregate("websearch_to_tsquery(configuration, words)", (query, n) =>
            {
                var parts = $"phraseto_tsquery(configuration, parts{n})";
                return $"ts_rewrite({query}, {parts}, {parts} || phraseto_tsquery(configuration, whole{n}))";
            });

    static string Query(IEnumerable<Meaning> meanings, Line line)
    {
        var filters = line
            .Tags.Select(StoryTexts.Tag)
            .Concat(line.Category is null ? [] : [StoryTexts.Category(line.Category)])
            .Select(SearchLanguage.Quote);
        return string.Join(
            " & ",
            filters.Prepend(
                $"({string.Join(" | ", meanings.Select(m => $"{SearchLanguage.Quote(StoryTexts.Language(m.Language))} & ({m.Query})"))})"
            )
        );
    }

    /// <summary>The stories of a window, newest first; of one whose end is not known yet, as many as a window has.</summary>
    async Task<List<Cursor>> NewestAsync(
        NpgsqlConnection connection,
        string query,
        Line line,
        DateTimeOffset? since,
        SearchWindow? window,
        CancellationToken ct,
        int? most = null
    )
    {
        var (found, limit, upper) = (new List<Cursor>(), most ?? options.WindowStories, window?.From);
        // What comes in meanwhile with an old date belongs to the window as well.
        limit = window?.To is null ? limit : limit * 2;
        for (var step = FirstStep * (long)options.WindowStories; ; step *= 10)
        {
            var edge = await EdgeAsync(connection, upper, step, ct);
            var last = edge is null || (window?.To is { } to && Compare(to, edge) >= 0);
            var lower = last ? window?.To : edge;
            await using var command = connection.Command("", query);
            string[] conditions =
            [
                "words @@ $1::tsquery",
                .. upper is null ? Array.Empty<string>() : [$"(at, id) < ({Value(upper.At)}, {Value(upper.Id)})"],
                .. lower is null ? Array.Empty<string>() : [$"(at, id) >= ({Value(lower.At)}, {Value(lower.Id)})"],
                .. since is null ? Array.Empty<string>()
                : line.Corrected
                    ?
                    [
                        $"exists (select from {StoryTags.Table} tag where tag.id = {StoryTexts.Table}.id and tag = '{StoryTags.Corrected}' and tag.at > {Value(since)})",
                    ]
                : [$"at > {Value(since)}"],
            ];
            // Materialized, so that a misjudged word is not looked for in every story in the order of time.
            command.CommandText =
                $"with matching as materialized (select at, id from {StoryTexts.Table} where {string.Join(" and ", conditions)}) select at, id from matching order by at desc, id desc limit {Value(limit - found.Count)}";
            found.AddRange(await command.ListAsync(row => new Cursor(row.GetFieldValue<DateTimeOffset>(0), row.GetGuid(1)), ct));
            if (last || found.Count == limit)
            {
                return found;
            }
            upper = edge;

            string Value(object value)
            {
                command.Parameters.Add(new() { Value = value });
                return $"${command.Parameters.Count}";
            }
        }
    }

    /// <summary>The story that so many are newer than; null when fewer are.</summary>
    static async Task<Cursor?> EdgeAsync(NpgsqlConnection connection, Cursor? upper, long stories, CancellationToken ct)
    {
        await using var command = upper is null
            ? connection.Command($"select at, id from {StoryTexts.Table} order by at desc, id desc offset $1 limit 1", stories)
            : connection.Command(
                $"select at, id from {StoryTexts.Table} where (at, id) < ($2, $3) order by at desc, id desc offset $1 limit 1",
                stories,
                upper.At,
                upper.Id
            );
        await using var rows = await command.ExecuteReaderAsync(ct);
        return await rows.ReadAsync(ct) ? new(rows.GetFieldValue<DateTimeOffset>(0), rows.GetGuid(1)) : null;
    }

    /// <summary>
    /// The best of these. A story's place is a time: that of its publishing, put back by a half-life for every time that it matches half as
    /// well. It does not change while time passes, and orders stories as a weight would that halves with age.
    /// </summary>
    async Task<List<(SearchHit, Cursor)>> RankAsync(
        NpgsqlConnection connection,
        IReadOnlyList<Meaning> meanings,
        Guid[] stories,
        Cursor? within,
        int limit,
        CancellationToken ct
    )
    {
        await using var command = connection.Command(
            $"""
            with meant as (select * from unnest($1::text[], $2::regconfig[], $3::tsquery[], $4::text[]) meant (language, configuration, query, sought)),
            ranked as materialized (
                select t.id, t.at + make_interval(secs => $5 * ln(ts_rank_cd(t.words, meant.query, 1) + $6) / ln(2.0::float8)) place
                from {StoryTexts.Table} t join meant using (language) where t.id = any($7)),
            best as materialized (select * from ranked where $8::timestamptz is null or (place, id) < ($8, $9) order by place desc, id desc limit $10)
            select d.data -> 'item', best.place, best.id, ts_headline(meant.configuration, t.text, coalesce(own.words, ''), 'StartSel=<mark>, StopSel=</mark>, MaxFragments=2, MinWords=12, MaxWords=32, ShortWord=0, FragmentDelimiter=" … "')
            from best join {StoryTexts.Table} t on t.id = best.id join mt_doc_story d on d.id = best.id and d.{LinePages.Usable} join meant on meant.language = t.language,
                lateral (select tsvector_to_array(to_tsvector(meant.configuration, t.text)) words) written,
                lateral (
                    select string_agg('''' || replace(replace(word, '\', '\\'), '''', '''''') || '''', ' | ')::tsquery words
                    from unnest(written.words, string_to_array({SearchLanguage.Plain(
                @"array_to_string(written.words, E'\n')"
            )}, E'\n')) word (word, plain)
                    where plain = any(string_to_array(meant.sought, E'\n'))) own
            order by best.place desc, best.id desc
            """,
            meanings.Select(m => m.Language).ToArray(),
            meanings.Select(m => SearchLanguage.Configuration(m.Language)).ToArray(),
            meanings.Select(m => m.Query).ToArray(),
            meanings.Select(m => string.Join('\n', m.Words)).ToArray(),
            TimeSpan.FromDays(options.FreshnessHalfLifeDays).TotalSeconds,
            LeastRank,
            stories,
            (object?)within?.At ?? DBNull.Value,
            (object?)within?.Id ?? DBNull.Value,
            limit
        );
        var serializer = store.Options.Serializer();
        return await command.ListAsync(
            row =>
                (
                    serializer.FromJson<SearchHit>(row, 0) with
                    {
                        Excerpt = row.GetString(3),
                    },
                    new Cursor(row.GetFieldValue<DateTimeOffset>(1), row.GetGuid(2))
                ),
            ct
        );
    }

    static int Compare(Cursor one, Cursor other) => (one.At, one.Id).CompareTo((other.At, other.Id));

    [GeneratedRegex(@"'((?:[^']|'')*)'")]
    private static partial Regex Lexeme();
}
