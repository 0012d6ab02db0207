using NewsPlatform.Feed.Lines;
using NewsPlatform.Feed.Stories;
using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Feed.Search;

/// <summary>Finds the newest stories that match, window by window.</summary>
/// <param name="windowStories">How many a window has.</param>
sealed class MatchingStories(int windowStories)
{
    /// <summary>
    /// In so many windows' worth of the newest stories a window is looked for, then in ten times as many older ones, and so on: of a common
    /// word only the newest are found.
    /// </summary>
    const int FirstStep = 4;

    /// <summary>The stories of a window, newest first; of one whose end is not known yet, as many as a window has.</summary>
    public async Task<List<Cursor>> NewestAsync(
        NpgsqlConnection connection,
        string query,
        Line line,
        DateTimeOffset? since,
        SearchWindow? window,
        CancellationToken ct,
        int? most = null
    )
    {
        var (found, limit, upper) = (new List<Cursor>(), most ?? windowStories, window?.From);
        // What comes in meanwhile with an old date belongs to the window as well.
        limit = window?.To is null ? limit : limit * 2;
        for (var step = FirstStep * (long)windowStories; ; step *= 10)
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
                        $"""
                            exists (select from {StoryTags.Table} tag
                                where tag.id = {StoryTexts.Table}.id and tag = '{StoryTags.Corrected}' and tag.at > {Value(since)})
                            """,
                    ]
                : [$"at > {Value(since)}"],
            ];
            // Materialized, so that a misjudged word is not looked for in every story in the order of time.
            command.CommandText = $"""
                with matching as materialized (select at, id from {StoryTexts.Table} where {string.Join(" and ", conditions)})
                select at, id from matching order by at desc, id desc limit {Value(limit - found.Count)}
                """;
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

    static int Compare(Cursor one, Cursor other) => (one.At, one.Id).CompareTo((other.At, other.Id));
}
