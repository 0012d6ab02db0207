using System.Text.RegularExpressions;

namespace NewsPlatform.Publishing.Import;

/// <summary>The words at the end of a headline that say what else the story has, such as "VIDEO" or "(FOTO)".</summary>
static class HeadlineMarkers
{
    const string Dash = @"\-\u2010-\u2015\u2212",
        Glue = "[ +/,&" + Dash + "]";

    // İ and Ğ also as two characters, the way some systems save them
    const string Word = @"(?:V(?:\u0130|I\u0307?)DEO|ВИДЕО|PHOTOS?|FOTO(?:S|LAR|\u011ERAF|G\u0306RAF)?|ФОТО)";
    const string Words = Word + "(?:" + Glue + "+" + Word + ")*",
        InBrackets = @"(?:\(" + Words + @"\)|\[" + Words + @"\])";
    const string More = "(?:" + Glue + "+" + Word + "|" + Glue + "*" + InBrackets + ")*";

    // a plus that touches the word before it may be part of a name ("Disney+ VIDEO")
    const string Before = "(?:[ /,&" + Dash + @"]+(?:\+ ?)?|\+)";

    static readonly Regex Marker = Linear(Word);
    static readonly Regex Marked = Linear($"^(?<headline>.*?)(?<markers>(?:{Before}{Word}|{Before}?{InBrackets}){More})$");
    static readonly Regex OnlyMarkers = Linear($"^{Glue}*(?:{Word}|{InBrackets}){More}$");

    // a file from outside must not be able to keep a backtracking matcher busy
    static Regex Linear(string pattern) => new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);

    /// <summary>The headline without its markers, and the badges that they stand for.</summary>
    public static (string Headline, IReadOnlyList<string> Badges) Cut(string text)
    {
        if (Marked.Match(text) is not { Success: true } marked || OnlyMarkers.IsMatch(text))
            return (text, []);
        var words = Marker.Matches(marked.Groups["markers"].Value);
        return (marked.Groups["headline"].Value, [.. words.Select(word => word.Value[0] is 'V' or 'В' ? "video" : "photos").Distinct()]);
    }
}
