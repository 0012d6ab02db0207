using System.Text;
using AngleSharp.Dom;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Search;

/// <summary>What a story says, without its markup.</summary>
public static class PlainText
{
    /// <summary>
    /// UTF-16 code units of a body that are searched, some 16,000 words, and of anything else. PostgreSQL takes a megabyte of different
    /// words at most; whatever they are, these stay below.
    /// </summary>
    public const int MostOfBody = 100_000,
        MostOfOther = 10_000;

    static readonly HashSet<string> inline =
    [
        "a",
        "em",
        "strong",
        "b",
        "i",
        "u",
        "s",
        "span",
        "sub",
        "sup",
        "small",
        "mark",
        "abbr",
        "code",
        "q",
        "cite",
    ];

    // What is in these readers do not see, since it is cleaned away.
    static readonly HashSet<string> unread =
    [
        "script",
        "style",
        "template",
        "noscript",
        "iframe",
        "object",
        "svg",
        "math",
        "textarea",
        "title",
        "video",
        "audio",
    ];

    /// <summary>The text of an HTML fragment, a line for each block; nothing of what exceeds a bound.</summary>
    public static string Of(string html)
    {
        try
        {
            using var document = BoundedHtml.Parse(html);
            return Line(Text(document.Body!));
        }
        catch (HtmlBoundExceeded)
        {
            return "";
        }
    }

    static string Text(INode body)
    {
        var (text, blocks, unreadAt) = (new StringBuilder(), new Stack<int>(), int.MaxValue);
        foreach (var (node, depth) in BoundedHtml.Below(body))
        {
            while (blocks.TryPeek(out var open) && open >= depth)
            {
                blocks.Pop();
                text.Append('\n');
            }
            if (depth > unreadAt)
            {
                continue;
            }
            unreadAt = int.MaxValue;
            if (node is IText words)
            {
                text.Append(words.Data);
            }
            else if (node is IElement element && !inline.Contains(element.LocalName))
            {
                text.Append('\n');
                blocks.Push(depth);
                unreadAt = unread.Contains(element.LocalName) ? depth : int.MaxValue;
            }
            if (text.Length >= MostOfBody)
            {
                break;
            }
        }
        return text.ToString();
    }

    /// <summary>
    /// Escaped as HTML: what PostgreSQL marks in it is then its only markup, and its parser takes a tag that the text speaks of for words.
    /// </summary>
    public static string Escaped(string text, int most = MostOfOther) =>
        Cut(text, most)
            .Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal);

    /// <summary>No more of it than so many UTF-16 code units.</summary>
    public static string Cut(string text, int most) =>
        text.Length <= most ? text : text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];

    /// <summary>With one space where there were several, and one end of a line where there were any.</summary>
    static string Line(string text)
    {
        var line = new StringBuilder(text.Length);
        var gap = '\0';
        foreach (var c in text)
        {
            if (char.IsWhiteSpace(c) || char.IsControl(c))
            {
                gap = c == '\n' || gap == '\n' ? '\n' : ' ';
                continue;
            }
            if (gap != '\0' && line.Length > 0)
            {
                line.Append(gap);
            }
            gap = '\0';
            line.Append(c);
        }
        return line.ToString();
    }
}
