using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Search;

/// <summary>How far somebody has read what was found: the window, and within it the last story read by its place in the ranking.</summary>
public sealed record SearchCursor(SearchWindow Window, Cursor Within)
{
    const char Separator = '.';

    /// <param name="list">Names the query and its filters.</param>
    public string Encode(string list) =>
        string.Join(Separator, new[] { Window.From, Within, Window.To }.OfType<Cursor>().Select(place => place.Encode(list)));

    /// <exception cref="ProblemException">400 that names the parameter.</exception>
    public static SearchCursor Decode(string parameter, string text, string list) =>
        text.Split(Separator).Take(4).Select(place => Cursor.Decode(parameter, place, list)).ToArray() switch
        {
            [var from, var within] => new(new(from, null), within),
            [var from, var within, var to] => new(new(from, to), within),
            _ => throw ProblemException.BadRequest(parameter, "is no cursor of this list; begin again without it"),
        };
}
