using NewsPlatform.Feed.Lines;
using NewsPlatform.Feed.Stories;
using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Feed.Search;

/// <summary>
/// Finds the newest stories that match, from the newest ones back to older and older ones, so that of a common word only the newest are
/// ever looked at.
/// </summary>
/// <param name="windowStories">How many a window has.</param>
sealed class MatchingStories(int windowStories)
{
    /// <summary>So many windows' worth of the newest stories are searched first.</summary>
    const int FirstStep = 4;

    /// <summary>The next ones reach back so many times as far at most.</summary>
    const int LargestStep = 10;

    /// <summary>Further than that the index is asked by weeks.</summary>
    const int MostDays = 40;

    /// <summary>What needs to be looked for so far back is looked for in all older stories at once.</summary>
    static readonly TimeSpan longest = TimeSpan.FromDays(260 * StoryTexts.DaysOfAWeek);

    /// <param name="Stories">The newest first.</param>
    /// <param name="End">Where the window ends; null where nothing is behind it.</param>
    public sealed record Found(List<Cursor> Stories, Cursor? End);

    /// <summary>A part of the archive: below the first place, down to the second one.</summary>
    /// <param name="Days">From which day to which, where the index has them.</param>
    sealed record Part(Cursor? Upper, Cursor? Lower, (DateTimeOffset First, DateTimeOffset Last)? Days);

    /// <summary>
    /// The stories of a window. One whose end is not known yet ends where it has as many as a window has; where each story is read to know
    /// whether it has a phrase, it ends earlier, when as many were read and the page is full.
    /// </summary>
    /// <param name="enough">How many fill the page.</param>
    public async Task<Found> NewestAsync(
        NpgsqlConnection connection,
        SearchQuery query,
        Line line,
        DateTimeOffset? since,
        SearchWindow? window,
        int enough,
        CancellationToken ct,
        int? atMost = null
    )
    {
        // What comes in meanwhile with an old date belongs to the window as well.
        var limit = atMost ?? (window?.To is null ? windowStories : windowStories * 2);
        var most = FirstStep * windowStories;
        var (found, read, inPart, upper) = (new List<Cursor>(), 0, 0, window?.From);
        if (await BeginAsync(connection, upper, most, ct) is not var (newest, edge, hasDays))
        {
            return new(found, window?.To);
        }
        var reach = edge is null ? TimeSpan.Zero : newest - edge.At;
        while (true)
        {
            var last = edge is null || (window?.To is { } to && Compare(to, edge) >= 0);
            var lower = last ? window?.To : edge;
            var room = query.Exact is null ? limit - found.Count : windowStories;
            var part = new Part(upper, lower, hasDays && lower is not null ? (lower.At, upper?.At ?? newest) : null);
            var candidates = await CandidatesAsync(connection, query, line, since, part, hasDays, room, ct);
            found.AddRange(candidates.Where(candidate => candidate.Matches).Select(candidate => candidate.Place).Take(limit - found.Count));
            if (found.Count == limit)
            {
                return new(found, found[^1]);
            }
            var cut = candidates.Count == room;
            if (!cut && (last || (since is not null && !line.Corrected && lower?.At <= since)))
            {
                return new(found, window?.To);
            }
            upper = cut ? candidates[^1].Place : lower;
            read += candidates.Count;
            inPart += candidates.Count;
            if (query.Exact is not null && window?.To is null && read >= windowStories && found.Count >= enough)
            {
                return new(found, upper);
            }
            if (!cut)
            {
                reach = Next(reach, inPart == 0 ? LargestStep : (double)room / inPart);
                edge = reach < longest && upper!.At.Ticks > reach.Ticks ? new(upper.At - reach, Guid.Empty) : null;
                inPart = 0;
            }
        }
    }

    /// <summary>A little further than would do, if older stories matched as often as those of the last part.</summary>
    static TimeSpan Next(TimeSpan reach, double times) =>
        TimeSpan.FromDays(Math.Clamp(reach.TotalDays * Math.Min(1.5 * times, LargestStep), 1, longest.TotalDays));

    /// <summary>
    /// When the newest story was published, the one that so many are newer than, null when fewer are, and whether the index knows the day
    /// of every story; null when there is no story.
    /// </summary>
    static async Task<(DateTimeOffset Newest, Cursor? Edge, bool HasDays)?> BeginAsync(
        NpgsqlConnection connection,
        Cursor? upper,
        int stories,
        CancellationToken ct
    )
    {
        var below = upper is null ? "" : "where (at, id) < ($2, $3)";
        await using var command = connection.Command(
            $"""
            select newest.at, not {StoryTexts.AnyEarlier}, edge.at, edge.id
            from (select at from {StoryTexts.Table} {below} order by at desc, id desc limit 1) newest
                left join (select at, id from {StoryTexts.Table} {below} order by at desc, id desc offset $1 limit 1) edge on true
            """,
            [stories, .. upper is null ? Array.Empty<object>() : [upper.At, upper.Id]]
        );
        await using var row = await command.ExecuteReaderAsync(ct);
        return await row.ReadAsync(ct)
            ? (
                row.GetFieldValue<DateTimeOffset>(0),
                row.IsDBNull(2) ? null : new(row.GetFieldValue<DateTimeOffset>(2), row.GetGuid(3)),
                row.GetBoolean(1)
            )
            : null;
    }

    /// <summary>The newest so many of a part that the index has for the query, each with whether it matches.</summary>
    static async Task<List<(Cursor Place, bool Matches)>> CandidatesAsync(
        NpgsqlConnection connection,
        SearchQuery query,
        Line line,
        DateTimeOffset? since,
        Part part,
        bool hasDays,
        int limit,
        CancellationToken ct
    )
    {
        await using var command = connection.Command("", part.Days is { } days ? $"{query.Candidates} & {Of(days)}" : query.Candidates);
        string[] places =
        [
            .. part.Upper is null ? Array.Empty<string>() : [$"(at, id) < ({Value(part.Upper.At)}, {Value(part.Upper.Id)})"],
            .. part.Lower is null ? Array.Empty<string>() : [$"(at, id) >= ({Value(part.Lower.At)}, {Value(part.Lower.Id)})"],
        ];
        string[] conditions =
        [
            "true",
            .. hasDays ? places : [],
            .. since is null ? Array.Empty<string>()
            : line.Corrected
                ?
                [
                    $"""
                        exists (select from {StoryTags.Table} tag
                            where tag.id = matching.id and tag = '{StoryTags.Corrected}' and tag.at > {Value(since)})
                        """,
                ]
            : [$"at > {Value(since)}"],
        ];
        var matches = query.Exact is null
            ? "true"
            : $"(select words @@ {Value(query.Exact)}::tsquery from {StoryTexts.Table} t where t.id = candidate.id)";
        // Materialized, so that a misjudged word is not looked for in every story in the order of time.
        command.CommandText = $"""
            with matching as materialized (
                select at, id from {StoryTexts.Table}
                where {string.Join(" and ", ["words @@ $1::tsquery", .. hasDays ? [] : places])}),
            candidate as materialized (
                select at, id from matching where {string.Join(" and ", conditions)} order by at desc, id desc limit {Value(limit)})
            select at, id, {matches} from candidate order by at desc, id desc
            """;
        return await command.ListAsync(row => (new Cursor(row.GetFieldValue<DateTimeOffset>(0), row.GetGuid(1)), row.GetBoolean(2)), ct);

        string Value(object value)
        {
            command.Parameters.Add(new() { Value = value });
            return $"${command.Parameters.Count}";
        }
    }

    static string Of((DateTimeOffset First, DateTimeOffset Last) days)
    {
        var byDay = days.Last - days.First < TimeSpan.FromDays(MostDays);
        var (step, name) = byDay ? (1, StoryTexts.Day) : (StoryTexts.DaysOfAWeek, (Func<DateTimeOffset, string>)StoryTexts.Week);
        var names = new List<string>();
        for (var day = days.First; day < days.Last; day = day.AddDays(step))
        {
            names.Add(name(day));
        }
        return $"({string.Join(" | ", names.Append(name(days.Last)).Distinct().Select(SearchLanguage.Quote))})";
    }

    static int Compare(Cursor one, Cursor other) => (one.At, one.Id).CompareTo((other.At, other.Id));
}
