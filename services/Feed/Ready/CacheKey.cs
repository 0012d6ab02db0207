using NewsPlatform.Feed.Lines;

namespace NewsPlatform.Feed.Ready;

/// <summary>
/// Tells a finished answer from every other one. It is made of what was read of the address, after that was checked and bounded, and never
/// of the address itself: in whatever order and spelling something is asked for, and whatever nobody reads stands beside it, it is the same
/// answer.
/// </summary>
/// <param name="Form">What is made: one of this program's own names.</param>
/// <param name="Line">Of which stories.</param>
/// <param name="Section">The part of the line; null for its usual beginning.</param>
/// <param name="Part">What else it is: an id, a slug, a month, an archive; of bounded length.</param>
public sealed record CacheKey(string Form, Line Line, PageRequest? Section = null, string Part = "")
{
    /// <summary>What the objects of an entry take beside its texts and bytes, generously.</summary>
    const int Fixed = 2048;

    /// <param name="usual">The limit of who says none.</param>
    public static CacheKey Of(string form, Line line, PageRequest page, int usual) =>
        new(form, line, page == new PageRequest(usual) ? null : page);

    public bool Equals(CacheKey? other) =>
        other is not null && (Form, Line, Section, Part) == (other.Form, other.Line, other.Section, other.Part);

    public override int GetHashCode() => HashCode.Combine(Form, Line, Section, Part);

    /// <summary>Where the edge keeps it; null when it does not.</summary>
    public CacheAddress? Address { get; init; }

    /// <summary>
    /// Whether the configuration bounds how many there are of these: a language, a category, a form. Of everything else a stranger can ask
    /// for as much as they please, and it must not take the room or the time of these.
    /// </summary>
    public bool IsHead => Section is null && Part.Length == 0 && Line is { Keyword: null, Author: null, Breaking: false, Corrected: false };

    /// <summary>Bytes of memory.</summary>
    public int Size =>
        Fixed + sizeof(char) * (Part.Length + (Address?.Path.Length ?? 0) + (Line.Keyword?.Length ?? 0) + (Line.Author?.Length ?? 0));
}
