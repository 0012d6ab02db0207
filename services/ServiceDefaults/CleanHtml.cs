using System.Buffers;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using Ganss.Xss;

namespace NewsPlatform.ServiceDefaults;

/// <summary>The one allow-list of what a body may hold; everything else is cleaned away, on write and again on output.</summary>
public static class CleanHtml
{
    /// <summary>Counts the rules: what was cleaned by others is cleaned again on output.</summary>
    public const int Rules = 1;

    static readonly HtmlSanitizer sanitizer = Create();

    /// <summary>Elements within each other; libraries walk HTML by recursion, and a stack that overflows ends the process.</summary>
    public const int MaxDepth = 100;

    const int MaxOpen = 2_000;
    static readonly SearchValues<char> letters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");
    static readonly string[] voids = ["br", "img", "hr", "wbr", "input", "source", "track", "col", "area", "embed", "link", "meta", "base"];

    /// <summary>Whose players a body may embed, over https. An embed of anybody else becomes a link.</summary>
    public static readonly IReadOnlyList<string> EmbedHosts =
        ["www.youtube.com", "www.youtube-nocookie.com", "player.vimeo.com", "www.dailymotion.com", "open.spotify.com", "w.soundcloud.com"];

    /// <param name="site">What addresses without a host are relative to; they stay as they are without it.</param>
    public static string Of(string html, string site = "") => IsTooDeep(html) ? "" : sanitizer.Sanitize(html, site).Trim();

    public static bool IsTooDeep(string html)
    {
        // Who nests so many needs that many opening tags; and the parser's own work grows with the square of what is left open.
        if (html.AsSpan().Count('<') <= MaxDepth)
        {
            return false;
        }
        if (MostOpen(html) > MaxOpen)
        {
            return true;
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

    /// <summary>The most elements that are open at a place, as far as tags say so; a paragraph or an item whose end is left out counts on.</summary>
    static int MostOpen(ReadOnlySpan<char> html)
    {
        var (open, most) = (0, 0);
        while (html.IndexOf('<') is >= 0 and var at && at + 1 < html.Length)
        {
            html = html[(at + 1)..];
            if (html[0] == '/')
            {
                open = Math.Max(0, open - 1);
            }
            else if (char.IsAsciiLetter(html[0]) && !IsVoid(html[..Math.Min(html.Length, 8)]))
            {
                most = Math.Max(most, ++open);
            }
        }
        return most;
    }

    static bool IsVoid(ReadOnlySpan<char> tag)
    {
        var end = tag.IndexOfAnyExcept(letters);
        var name = end < 0 ? tag : tag[..end];
        foreach (var one in voids)
        {
            if (name.Equals(one, StringComparison.OrdinalIgnoreCase))
            {
                return true;
            }
        }
        return false;
    }

    static HtmlSanitizer Create()
    {
        var sanitizer = new HtmlSanitizer(new HtmlSanitizerOptions
        {
            AllowedTags = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
            {
                "p", "br", "h2", "h3", "h4", "blockquote", "ul", "ol", "li", "figure", "figcaption", "img",
                "table", "caption", "thead", "tbody", "tfoot", "tr", "th", "td", "a", "em", "strong", "iframe", "video", "audio",
            },
            AllowedAttributes = new HashSet<string>(StringComparer.OrdinalIgnoreCase)
            {
                "href", "src", "alt", "width", "height", "colspan", "rowspan", "scope", "lang", "dir", "title", "poster",
            },
            AllowedSchemes = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "https", "http", "mailto" },
            UriAttributes = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "href", "src", "poster" },
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
            switch (e.Node)
            {
                case IElement { LocalName: "a" } link when link.HasAttribute("href"):
                    link.SetAttribute("rel", "noopener nofollow");
                    break;
                case IElement { LocalName: "iframe" } embed:
                    Embed(embed, e.ReplacementNodes);
                    break;
                case IElement { LocalName: "video" or "audio" } player:
                    player.SetAttribute("controls", "");
                    player.SetAttribute("preload", "none");
                    break;
            }
        };
        return sanitizer;
    }

    /// <summary>Makes a listed player as harmless as it can be, and a link of any other.</summary>
    static void Embed(IElement embed, ICollection<INode> replacement)
    {
        embed.TextContent = "";
        var src = embed.GetAttribute("src") ?? "";
        if (Uri.TryCreate(src, UriKind.Absolute, out var address) && address is { Scheme: "https", IsDefaultPort: true } && EmbedHosts.Contains(address.Host))
        {
            embed.SetAttribute("loading", "lazy");
            embed.SetAttribute("referrerpolicy", "strict-origin-when-cross-origin");
            embed.SetAttribute("sandbox", "allow-scripts allow-same-origin allow-popups allow-presentation");
            return;
        }
        if (address?.Scheme is not ("https" or "http"))
        {
            replacement.Add(embed.Owner!.CreateTextNode(""));
            return;
        }
        var link = embed.Owner!.CreateElement("a");
        link.SetAttribute("href", src);
        link.SetAttribute("rel", "noopener nofollow");
        link.TextContent = src;
        replacement.Add(link);
    }
}
