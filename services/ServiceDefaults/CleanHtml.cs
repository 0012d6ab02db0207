using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Ganss.Xss;

namespace NewsPlatform.ServiceDefaults;

/// <summary>The one allow-list of what a body may hold; everything else is cleaned away, on write and again on output.</summary>
public static class CleanHtml
{
    static readonly HtmlSanitizer sanitizer = Create();

    /// <summary>Elements within each other; libraries walk HTML by recursion, and a stack that overflows ends the process.</summary>
    public const int MaxDepth = 100;

    public static string Of(string html) => IsTooDeep(html) ? "" : sanitizer.Sanitize(html).Trim();

    public static bool IsTooDeep(string html)
    {
        // Who nests so many needs that many opening tags.
        if (html.AsSpan().Count('<') <= MaxDepth)
        {
            return false;
        }
        var body = new HtmlParser().ParseDocument(html).Body!;
        var depth = 0;
        for (INode node = body; ;)
        {
            if (node.FirstChild is { } child)
            {
                node = child;
                if (++depth > MaxDepth)
                {
                    return true;
                }
                continue;
            }
            while (node != body && node.NextSibling is null)
            {
                node = node.Parent!;
                depth--;
            }
            if (node == body)
            {
                return false;
            }
            node = node.NextSibling!;
        }
    }

    static HtmlSanitizer Create()
    {
        var sanitizer = new HtmlSanitizer(new HtmlSanitizerOptions
        {
            AllowedTags = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
            {
                "p", "br", "h2", "h3", "h4", "blockquote", "ul", "ol", "li", "figure", "figcaption", "img",
                "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "a", "em", "strong",
            },
            AllowedAttributes = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
            {
                "href", "src", "alt", "width", "height", "colspan", "rowspan", "scope", "lang", "dir",
            },
            AllowedSchemes = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "https", "http", "mailto" },
            UriAttributes = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "href", "src" },
        });
        // What a script or a style said is not text; what any other unknown element says is.
        sanitizer.KeepChildNodes = true;
        sanitizer.RemovingTag += (_, e) =>
        {
            if (e.Tag.LocalName is "script" or "style" or "template" or "noscript" or "iframe" or "object" or "svg" or "math" or "textarea" or "title")
            {
                e.Tag.TextContent = "";
            }
        };
        sanitizer.PostProcessNode += (_, e) =>
        {
            if (e.Node is IElement { LocalName: "a" } link && link.HasAttribute("href"))
            {
                link.SetAttribute("rel", "noopener nofollow");
            }
        };
        return sanitizer;
    }
}
