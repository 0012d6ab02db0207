using System.Text;
using AngleSharp.Dom;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Import.Feeds;

/// <summary>HTML of other people's making: its text, or its paragraphs. What it may not hold is left to <see cref="CleanHtml"/>.</summary>
public static class Html
{
    /// <summary>What it says in one line, without markup; the text itself where it has none.</summary>
    public static string Text(string? html)
    {
        if (html is null || !html.AsSpan().ContainsAny('<', '&'))
        {
            return Line(html);
        }
        var (text, silentFrom, lines) = (new StringBuilder(), int.MaxValue, new Stack<int>());
        foreach (var (node, depth) in BoundedHtml.Below(Parse(html)))
        {
            if (depth > silentFrom)
            {
                continue;
            }
            while (lines.TryPeek(out var line) && depth <= line)
            {
                text.Append(' ');
                lines.Pop();
            }
            silentFrom = node is IElement one && HtmlVocabulary.IsSilent(one.LocalName) ? depth : int.MaxValue;
            if (node is IText said)
            {
                text.Append(said.Data);
            }
            else if (node is IElement { LocalName: var name } && (name == "br" || HtmlVocabulary.IsBlock(name)))
            {
                text.Append(' ');
                lines.Push(depth);
            }
        }
        return Line(text.ToString());
    }

    /// <summary>Text as it stands, as HTML: blank lines part paragraphs.</summary>
    public static string OfText(string? text) => Body(System.Net.WebUtility.HtmlEncode(text ?? ""), null, linesAreBreaks: true);

    /// <summary>The same said by elements that a body may have, all text in paragraphs, all addresses absolute.</summary>
    /// <param name="linesAreBreaks">Where there is no paragraph, a blank line begins one and a line end breaks the line.</param>
    /// <exception cref="ProblemException">400: it comes to more than <see cref="BoundedHtml"/> makes of it.</exception>
    public static string Body(string? html, Uri? address, bool linesAreBreaks = false)
    {
        if (string.IsNullOrWhiteSpace(html))
        {
            return "";
        }
        var body = Parse(html);
        foreach (var element in body.QuerySelectorAll("b, i, h1, h5, h6").Where(e => !HtmlLines.IsNoEmphasis(e)).ToList())
        {
            Rename(
                element,
                element.LocalName switch
                {
                    "b" => "strong",
                    "i" => "em",
                    "h1" => "h2",
                    _ => "h4",
                }
            );
        }
        foreach (var element in body.QuerySelectorAll("[href], [src]").ToList())
        {
            Resolve(element, "href", address);
            Resolve(element, "src", address);
        }
        foreach (var picture in body.QuerySelectorAll("img"))
        {
            Show(picture, address);
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
        try
        {
            return BoundedHtml.Parse(WithoutControls(html)).Body!;
        }
        catch (HtmlBoundExceeded fault)
        {
            throw ProblemException.BadRequest("body", fault.Message);
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
        // A player's address without a scheme is made whole where it is cleaned: over https, whatever the feed's own is.
        if (element.LocalName == "iframe" && element.GetAttribute(attribute)?.TrimStart() is ['/', '/', ..])
        {
            return;
        }
        if (address is not null && element.GetAttribute(attribute) is { } reference && Uri.TryCreate(address, reference, out var absolute))
        {
            element.SetAttribute(attribute, absolute.AbsoluteUri);
        }
    }

    /// <summary>A picture that a script loads late says its address elsewhere; one that says none shows nothing.</summary>
    static void Show(IElement picture, Uri? address)
    {
        picture.SetAttribute("alt", picture.GetAttribute("alt") ?? "");
        if (Real(picture.GetAttribute("src")) is null)
        {
            if (
                (
                    Real(picture.GetAttribute("data-src"))
                    ?? Real(Largest(picture.GetAttribute("srcset")))
                    ?? Real(Largest(picture.GetAttribute("data-srcset")))
                )
                is not { } real
            )
            {
                picture.Remove();
                return;
            }
            picture.SetAttribute("src", real);
            Resolve(picture, "src", address);
        }
    }

    static string? Real(string? address) =>
        string.IsNullOrWhiteSpace(address) || address.TrimStart().StartsWith("data:", StringComparison.OrdinalIgnoreCase)
            ? null
            : address.Trim();

    /// <summary>The last candidate, which is the largest as they are commonly listed.</summary>
    static string? Largest(string? candidates) =>
        candidates?.Split(", ", StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is [.., var last]
            ? last.Split(' ')[0]
            : null;

    static string Line(string? text) =>
        string.Join(' ', WithoutControls(text ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

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
