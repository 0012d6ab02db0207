using System.Collections.Frozen;

namespace NewsPlatform.ServiceDefaults;

/// <summary>
/// What the elements of HTML are to a body: its blocks, what goes on in a line, what shows something, and what is no text.
/// </summary>
public static class HtmlVocabulary
{
    /// <summary>Blocks of a body.</summary>
    static readonly FrozenSet<string> blocks = new[]
    {
        "p",
        "h2",
        "h3",
        "h4",
        "blockquote",
        "ul",
        "ol",
        "li",
        "figure",
        "figcaption",
        "table",
        "caption",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "th",
        "td",
        "pre",
    }.ToFrozenSet();

    /// <summary>What browsers show on lines of its own, and a body has not.</summary>
    static readonly FrozenSet<string> groups = new[]
    {
        "address",
        "article",
        "aside",
        "center",
        "dd",
        "details",
        "dialog",
        "div",
        "dl",
        "dt",
        "fieldset",
        "footer",
        "form",
        "header",
        "hgroup",
        "hr",
        "legend",
        "main",
        "marquee",
        "nav",
        "optgroup",
        "option",
        "search",
        "section",
        "select",
        "summary",
    }.ToFrozenSet();

    /// <summary>What goes on in the line that it stands in.</summary>
    static readonly FrozenSet<string> inline = new[] { "a", "em", "strong", "sub", "sup", "code" }.ToFrozenSet();

    /// <summary>What shows something and has no text.</summary>
    static readonly FrozenSet<string> shown = new[] { "img", "iframe", "video", "audio" }.ToFrozenSet();

    /// <summary>What these say is no text; what any other unknown element says is.</summary>
    static readonly FrozenSet<string> silent = new[]
    {
        "script",
        "style",
        "template",
        "noscript",
        "object",
        "svg",
        "math",
        "textarea",
        "title",
    }.ToFrozenSet();

    static readonly FrozenDictionary<string, string> nearest = new Dictionary<string, string>
    {
        ["b"] = "strong",
        ["i"] = "em",
        ["h1"] = "h2",
        ["h5"] = "h4",
        ["h6"] = "h4",
        ["menu"] = "ul",
        ["dir"] = "ul",
        ["kbd"] = "code",
        ["samp"] = "code",
        ["tt"] = "code",
        ["listing"] = "pre",
        ["xmp"] = "pre",
        ["plaintext"] = "pre",
    }.ToFrozenDictionary();

    /// <summary>What an element of a body may say of itself.</summary>
    public static readonly IReadOnlyList<string> Attributes =
    [
        "href",
        "src",
        "alt",
        "width",
        "height",
        "colspan",
        "rowspan",
        "scope",
        "lang",
        "dir",
        "title",
        "poster",
    ];

    /// <summary>All that a body may have.</summary>
    public static IEnumerable<string> Elements => [.. blocks, .. inline, .. shown, "br"];

    /// <summary>Whether it begins a line, by whatever name it goes.</summary>
    public static bool IsBlock(string name) => groups.Contains(name) || blocks.Contains(Nearest(name));

    /// <summary>Whether a word may go on from it into the next.</summary>
    public static bool IsInline(string name) => inline.Contains(Nearest(name));

    /// <summary>Whether what it says is for no reader.</summary>
    public static bool IsSilent(string name) => silent.Contains(name) || name == "iframe";

    /// <summary>What a block is that only groups others, or may stand in no body.</summary>
    public static bool IsGroup(string name) => groups.Contains(name);

    /// <summary>Whether a body may have it as a block.</summary>
    public static bool IsBlockOfBody(string name) => blocks.Contains(name);

    /// <summary>Whether it shows something and has no text.</summary>
    public static bool IsShown(string name) => shown.Contains(name);

    /// <summary>Whether what it says is no text.</summary>
    public static bool IsSilentText(string name) => silent.Contains(name);

    /// <summary>What a body has in its place.</summary>
    public static string Nearest(string name) => nearest.GetValueOrDefault(name, name);
}
