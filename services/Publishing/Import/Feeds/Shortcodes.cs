using System.Text.RegularExpressions;

namespace NewsPlatform.Publishing.Import.Feeds;

/// <summary>
/// WordPress's shortcodes in HTML: a caption becomes a figure, an embedded address a link, and of all others only what they enclose
/// stays. Brackets that are no shortcode, such as [sic], are text.
/// </summary>
public static class Shortcodes
{
    static readonly Regex Caption = Linear(@"\[(?:wp_)?caption(?<attributes>[^\]]*)\](?<content>.*?)\[/(?:wp_)?caption\]");
    static readonly Regex CaptionAttribute = Linear(@"\bcaption=""(?<text>[^""]*)""");
    static readonly Regex Image = Linear(@"^\s*(?<image>(?:<a\s[^>]*>\s*)?<img\s[^>]*>(?:\s*</a>)?)(?<caption>.*)$");
    static readonly Regex Embed = Linear(@"\[embed[^\]]*\]\s*(?<address>https?://[^\s\[\]<>""]+)\s*\[/embed\]");
    static readonly Regex Tag = Linear(@"\[\[?(?<closing>/?)(?<name>[A-Za-z][A-Za-z0-9_\-]*)(?<attributes>(?:\s[^\[\]]*)?)\]\]?");

    // a file from outside must not be able to keep a backtracking matcher busy
    static Regex Linear(string pattern) =>
        new(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.Singleline | RegexOptions.ExplicitCapture);

    public static string Resolve(string html)
    {
        if (!html.Contains('[', StringComparison.Ordinal))
        {
            return html;
        }
        html = Caption.Replace(html, Figure);
        html = Embed.Replace(html, match => $"\n\n<a href=\"{match.Groups["address"].Value}\">{match.Groups["address"].Value}</a>\n\n");
        var closed = Tag.Matches(html).Where(tag => tag.Groups["closing"].Length > 0).Select(tag => tag.Groups["name"].Value).ToHashSet();
        return Tag.Replace(html, tag => tag.Value switch
            {
                ['[', '[', .., ']', ']'] => tag.Value[1..^1],
                var text when IsShortcode(tag, closed) => "",
                var text => text,
            });
    }

    static string Figure(Match match)
    {
        if (Image.Match(match.Groups["content"].Value) is not { Success: true } parts)
        {
            return match.Groups["content"].Value;
        }
        var attribute = CaptionAttribute.Match(match.Groups["attributes"].Value);
        var caption = attribute.Success ? attribute.Groups["text"].Value : parts.Groups["caption"].Value.Trim();
        return $"\n\n<figure>{parts.Groups["image"].Value}{(caption.Length > 0 ? $"<figcaption>{caption}</figcaption>" : "")}</figure>\n\n";
    }

    /// <summary>WordPress knows them by name; here they are known by how they look, since a plugin can name them as it likes.</summary>
    static bool IsShortcode(Match tag, HashSet<string> closed)
    {
        var (name, attributes) = (tag.Groups["name"].Value, tag.Groups["attributes"].Value);
        return tag.Groups["closing"].Length > 0
            || closed.Contains(name)
            || name.AsSpan().ContainsAny('_', '-')
            || name is "gallery" or "playlist" or "audio" or "video" or "embed" or "caption"
            || attributes.Contains('=', StringComparison.Ordinal)
            || attributes.EndsWith('/');
    }
}
