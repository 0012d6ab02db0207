using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Lines;

/// <summary>A part of a line.</summary>
/// <param name="Limit">Stories at most.</param>
/// <param name="After">Older ones than this place.</param>
/// <param name="Before">Newer ones than this place, the nearest of them.</param>
/// <param name="Since">Only what is newer than this time.</param>
public sealed record PageRequest(int Limit, Cursor? After = null, Cursor? Before = null, DateTimeOffset? Since = null)
{
    /// <exception cref="ProblemException">400 that names the parameter.</exception>
    public static PageRequest Of(Line line, int limit, string? after, string? before, string? since)
    {
        if (after is not null && before is not null)
        {
            throw ProblemException.BadRequest("before", "cannot stand beside after");
        }
        return new(
            limit,
            after is null ? null : Cursor.Decode("after", after, line.Name),
            before is null ? null : Cursor.Decode("before", before, line.Name),
            since is null ? null : Queries.Time("since", since)
        );
    }
}
