using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Import.Feeds;

/// <summary>HTML of other people's making: its text, or its paragraphs. What it may not hold is left to <see cref="CleanHtml"/>.</summary>
public static class Html
{
    /// <summary>Elements within each other; no article has half as many, and who walks a tree may not run out of stack.</summary>
    const int MaxDepth = 100;

    /// <summary>What it says in one line, without markup; the text itself where it has none.</summary>
    public static string Text(string? html)
    {
        if (html is null || !html.AsSpan().ContainsAny('<', '&'))
        {
            return Line(html);
        }
        var body = Parse(html);
        foreach (var silent in body.QuerySelectorAll("script, style, template, noscript, iframe, object, svg, math, textarea").ToList())
        {
            silent.Remove();
        }
        foreach (var space in body.QuerySelectorAll("br, p, div, li, h1, h2, h3, h4, h5, h6, td").ToList())
        {
            space.Parent!.InsertBefore(body.Owner!.CreateTextNode(" "), space);
        }
        return Line(body.TextContent);
    }

    /// <summary>Text as it stands, as HTML: blank lines part paragraphs.</summary>
    public static string OfText(string? text) => Body(System.Net.WebUtility.HtmlEncode(text ?? ""), null, linesAreBreaks: true);

    /// <summary>The same said by elements that a body may have, all text in paragraphs, all addresses absolute.</summary>
    /// <param name="linesAreBreaks">Where there is no paragraph, a blank line begins one and a line end breaks the line.</param>
    /// <exception cref="Refusal">400: it nests too deep.</exception>
    public static string Body(string? html, Uri? address, bool linesAreBreaks = false)
    {
        if (string.IsNullOrWhiteSpace(html))
        {
            return "";
        }
        var body = Parse(html);
        foreach (var element in body.QuerySelectorAll("b, i, h1, h5, h6").ToList())
        {
            Rename(element, element.LocalName switch { "b" => "strong", "i" => "em", "h1" => "h2", _ => "h4" });
        }
        foreach (var element in body.QuerySelectorAll("[href], [src]").ToList())
        {
            Resolve(element, "href", address);
            Resolve(element, "src", address);
        }
        foreach (var picture in body.QuerySelectorAll("img:not([alt])"))
        {
            picture.SetAttribute("alt", "");
        }
        var paragraphs = new Paragraphs(body.Owner!.CreateElement("div"), linesAreBreaks);
        paragraphs.Add(body);
        return paragraphs.ToHtml();
    }

    /// <summary>At most that many characters, ending at a word with an ellipsis where something is left out.</summary>
    public static string Cut(string text, int max)
    {
        if (text.Length <= max)
        {
            return text;
        }
        var end = text.LastIndexOf(' ', max - 1);
        return text[..(end > max / 2 ? end : max - 1 - (char.IsHighSurrogate(text[max - 2]) ? 1 : 0))] + "…";
    }

    static IElement Parse(string html)
    {
        var body = new HtmlParser().ParseDocument(WithoutControls(html)).Body!;
        var depth = 0;
        for (INode node = body; ;)
        {
            if (node.FirstChild is { } child)
            {
                node = child;
                if (++depth > MaxDepth)
                {
                    throw Refusal.Unreadable("body", $"has more than {MaxDepth} elements within each other");
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
                return body;
            }
            node = node.NextSibling!;
        }
    }

    static void Rename(IElement element, string name)
    {
        var renamed = element.Owner!.CreateElement(name);
        while (element.FirstChild is { } child)
        {
            renamed.AppendChild(child);
        }
        element.Parent!.ReplaceChild(renamed, element);
    }

    static void Resolve(IElement element, string attribute, Uri? address)
    {
        if (address is not null && element.GetAttribute(attribute) is { } reference && Uri.TryCreate(address, reference, out var absolute))
        {
            element.SetAttribute(attribute, absolute.AbsoluteUri);
        }
    }

    static string Line(string? text) => string.Join(' ', WithoutControls(text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>What a word processor or an old database left between the letters.</summary>
    static string WithoutControls(string text)
    {
        if (!text.Any(IsControl))
        {
            return text;
        }
        var clean = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (!IsControl(c))
            {
                clean.Append(c);
            }
        }
        return clean.ToString();
    }

    static bool IsControl(char c) => char.IsControl(c) && c is not ('\n' or '\r' or '\t');
}
