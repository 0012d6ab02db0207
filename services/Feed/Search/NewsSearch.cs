using Marten;
using NewsPlatform.Feed.Lines;
using NewsPlatform.Feed.Ready;
using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Feed.Search;

/// <summary>
/// Finds stories, the best first: how well a story matches counts, and how new it is. Only stories of one window are ranked against each
/// other, the newest so many that match; the next older ones follow behind. So nothing is ranked, sorted or read that grows with the
/// archive, and a page has its place, which stories that come in do not shift.
/// </summary>
public sealed class NewsSearch(
    NpgsqlDataSource database,
    IDocumentStore store,
    PortalOptions portal,
    SearchOptions options,
    WorkLimits limits
)
{
    /// <summary>So that a story that matches next to nothing still has a logarithm.</summary>
    const double LeastRank = 0.001;

    /// <summary>How PostgreSQL shows where words were found.</summary>
    const string Excerpt =
        "StartSel=<mark>, StopSel=</mark>, MaxFragments=2, MinWords=12, MaxWords=32, ShortWord=0, FragmentDelimiter=\" … \"";

    readonly MatchingStories stories = new(options.WindowStories);
    readonly SharedWork<(string List, string? After, int Limit), SearchPage> searching = new();

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
        var meanings = await SearchMeaning.ReadAsync(connection, text, line.Language is { } only ? [only] : [.. portal.Languages], ct);
        var (query, hits, window) = (SearchMeaning.Query(meanings, line), new List<(SearchHit Hit, Cursor Place)>(), cursor?.Window);
        for (var within = cursor?.Within; ; within = null)
        {
            var (found, end) = await stories.NewestAsync(connection, query, line, since, window, limit + 1 - hits.Count, ct);
            if (found.Count == 0 && window?.To is null)
            {
                return Page(null);
            }
            window = window is { To: not null }
                ? window
                : new(window?.From ?? new(found[0].At.AddTicks(TimeSpan.TicksPerMicrosecond), Guid.Empty), end);
            hits.AddRange(await RankAsync(connection, meanings, [.. found.Select(f => f.Id)], within, limit + 1 - hits.Count, ct));
            if (hits.Count > limit)
            {
                return Page(new SearchCursor(window, hits[limit - 1].Place));
            }
            if (window.To is null)
            {
                return Page(null);
            }
            if (
                hits.Count == limit
                && await stories.NewestAsync(connection, query, line, since, new(window.To, null), 1, ct, atMost: 1)
                    is { Stories.Count: > 0 }
            )
            {
                return Page(new SearchCursor(window, hits[limit - 1].Place));
            }
            window = new(window.To, null);
        }

        SearchPage Page(SearchCursor? next) => new() { Items = [.. hits.Take(limit).Select(h => h.Hit)], Next = next?.Encode(list) };
    }

    /// <summary>
    /// The best of these. A story's place is a time: that of its publishing, put back by a half-life for every time that it matches half as
    /// well. It does not change while time passes, and orders stories as a weight would that halves with age.
    /// </summary>
    async Task<List<(SearchHit, Cursor)>> RankAsync(
        NpgsqlConnection connection,
        IReadOnlyList<SearchMeaning> meanings,
        Guid[] found,
        Cursor? within,
        int limit,
        CancellationToken ct
    )
    {
        await using var command = connection.Command(
            $"""
            with meant as (
                select * from unnest($1::text[], $2::regconfig[], $3::tsquery[], $4::text[])
                    meant (language, configuration, query, sought)),
            ranked as materialized (
                select t.id, t.at + make_interval(secs => $5 * ln(ts_rank_cd(t.words, meant.query, 1) + $6) / ln(2.0::float8)) place
                from {StoryTexts.Table} t join meant using (language) where t.id = any($7)),
            best as materialized (
                select * from ranked where $8::timestamptz is null or (place, id) < ($8, $9) order by place desc, id desc limit $10)
            select d.data -> 'item', best.place, best.id, ts_headline(meant.configuration, t.text, coalesce(own.words, ''), '{Excerpt}')
            from best join {StoryTexts.Table} t on t.id = best.id join mt_doc_story d on d.id = best.id and d.{LinePages.Usable}
                join meant on meant.language = t.language,
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
            meanings.Select(m => m.Sought).ToArray(),
            meanings.Select(m => string.Join('\n', m.Words)).ToArray(),
            TimeSpan.FromDays(options.FreshnessHalfLifeDays).TotalSeconds,
            LeastRank,
            found,
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
}
