using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using Ganss.Xss;

namespace NewsPlatform.ServiceDefaults;

/// <summary>
/// The one allow-list of what a body may hold; everything else is cleaned away, on write and again where it is shown, once for each set of
/// rules.
/// </summary>
public static class CleanHtml
{
    /// <summary>Raised whenever the allow-list changes: what was cleaned by the same rules need not be cleaned again.</summary>
    public const int Rules = 2;

    /// <summary>
    /// Bytes of UTF-8 that a body may have after cleaning; what is cleaned on output may have four times as many, as older bodies do.
    /// </summary>
    public const int MaxBytes = 1 << 20;

    /// <summary>See <see cref="BoundedHtml.MaxDepth"/>.</summary>
    public const int MaxDepth = BoundedHtml.MaxDepth;

    /// <summary>HTML may read otherwise once it is written and read again; after so many times it is refused.</summary>
    const int MaxRounds = 5;

    static readonly HtmlSanitizer sanitizer = Create();

    /// <summary>Whose players a body may embed, over https. An embed of anybody else becomes a link.</summary>
    public static readonly IReadOnlyList<string> EmbedHosts =
    [
        "www.youtube.com",
        "www.youtube-nocookie.com",
        "player.vimeo.com",
        "www.dailymotion.com",
        "open.spotify.com",
        "w.soundcloud.com",
    ];

    /// <summary>Clean HTML that stays as it is when it is cleaned again; nothing of what exceeds a bound.</summary>
    /// <param name="site">What addresses without a host are relative to; they stay as they are without it.</param>
    public static string Of(string html, string site = "") =>
        Try(html, site, 4 * MaxBytes + (long)BoundedHtml.MaxElements * site.Length).Html ?? "";

    /// <summary>The same of what somebody writes: clean HTML of <see cref="MaxBytes"/> at most, or the rule that it breaks.</summary>
    public static (string? Html, string? Fault) Try(string html) => Try(html, "", MaxBytes);

    static (string? Html, string? Fault) Try(string html, string site, long maxBytes)
    {
        try
        {
            for (var round = 0; round < MaxRounds; round++)
            {
                var clean = Once(html, site, maxBytes);
                if (clean == html)
                {
                    return (clean, null);
                }
                html = clean;
            }
            return (null, "is HTML that reads otherwise each time it is read");
        }
        catch (HtmlBoundExceeded fault)
        {
            return (null, fault.Message);
        }
    }

    static string Once(string html, string site, long maxBytes)
    {
        using var document = BoundedHtml.Parse(html);
        var body = HtmlLines.Of(document.Body!);
        foreach (var player in body.QuerySelectorAll("iframe"))
        {
            Complete(player);
        }
        sanitizer.SanitizeDom(document, (IHtmlElement)body, site);
        foreach (var element in body.QuerySelectorAll("a[href], iframe, video, audio"))
        {
            Finish(element);
        }
        using var written = new BoundedWriter(maxBytes);
        foreach (var node in body.ChildNodes)
        {
            node.ToHtml(written, HtmlFormatter.Instance);
        }
        return written.ToString().Trim();
    }

    static void Finish(IElement element)
    {
        switch (element.LocalName)
        {
            case "a":
                element.SetAttribute("rel", "noopener nofollow");
                break;
            case "iframe":
                Embed(element);
                break;
            default:
                element.SetAttribute("controls", "");
                element.SetAttribute("preload", "none");
                break;
        }
    }

    static HtmlSanitizer Create()
    {
        var sanitizer = new HtmlSanitizer(
            new HtmlSanitizerOptions
            {
                AllowedTags = new HashSet<string>(HtmlVocabulary.Elements, StringComparer.OrdinalIgnoreCase),
                AllowedAttributes = new HashSet<string>(HtmlVocabulary.Attributes, StringComparer.OrdinalIgnoreCase),
                AllowedSchemes = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "https", "http", "mailto" },
                UriAttributes = new HashSet<string>(StringComparer.OrdinalIgnoreCase) { "href", "src", "poster" },
            }
        );
        // What a script or a style said is not text; what any other unknown element says is.
        sanitizer.KeepChildNodes = true;
        sanitizer.RemovingTag += (_, e) =>
        {
            if (HtmlVocabulary.IsSilent(e.Tag.LocalName))
            {
                e.Tag.TextContent = "";
            }
        };
        return sanitizer;
    }

    /// <summary>Makes a listed player as harmless as it can be, and a link of any other.</summary>
    static void Embed(IElement embed)
    {
        var src = embed.GetAttribute("src") ?? "";
        if (IsListed(src, out var address))
        {
            embed.SetAttribute("loading", "lazy");
            embed.SetAttribute("referrerpolicy", "strict-origin-when-cross-origin");
            embed.SetAttribute("sandbox", "allow-scripts allow-same-origin allow-popups allow-presentation");
            return;
        }
        if (address?.Scheme is not ("https" or "http"))
        {
            embed.Remove();
            return;
        }
        var link = embed.Owner!.CreateElement("a");
        link.SetAttribute("href", src);
        link.SetAttribute("rel", "noopener nofollow");
        link.TextContent = src;
        embed.Replace(link);
    }

    /// <summary>
    /// A player's address without a scheme is one over https, be the portal's own over http; of anybody else's player it stays as it is.
    /// </summary>
    static void Complete(IElement embed)
    {
        if (embed.GetAttribute("src")?.Trim() is ['/', '/', ..] src && IsListed("https:" + src, out var address))
        {
            embed.SetAttribute("src", address!.AbsoluteUri);
        }
    }

    static bool IsListed(string src, out Uri? address) =>
        Uri.TryCreate(src, UriKind.Absolute, out address)
        && address is { Scheme: "https", IsDefaultPort: true }
        && EmbedHosts.Contains(address.Host);
}
