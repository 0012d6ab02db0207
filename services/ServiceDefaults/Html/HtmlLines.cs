using System.Text.RegularExpressions;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;

namespace NewsPlatform.ServiceDefaults;

/// <summary>
/// A copy of a body in which only what a body may have is an element, and what stood on lines of its own still does: a paragraph is made of
/// a block that may not be one, or a line break where no paragraph can stand. It decides nothing about safety; the allow-list does that
/// afterwards.
/// </summary>
public sealed class HtmlLines
{
    static readonly Regex cellTag = new(
        "</?(?:t[dhr]|tbody|thead|tfoot|caption)(?<rest>[\\s/>])",
        RegexOptions.NonBacktracking | RegexOptions.IgnoreCase | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture
    );

    readonly IElement root;
    bool isOpen,
        isEnded;

    HtmlLines(IElement root) => this.root = root;

    /// <summary>An element that stands nowhere yet and holds the body's lines. Takes as long as the body has nodes.</summary>
    public static IElement Of(IElement body)
    {
        var root = body.Owner!.CreateElement("div");
        new HtmlLines(root).Copy(body, root);
        return root;
    }

    /// <summary>
    /// A parser passes over the tags of cells and rows that are in no table, and their texts would become one word: each is a rule between
    /// them here.
    /// </summary>
    public static string WithoutLostCells(string html) =>
        html.Contains("<table", StringComparison.OrdinalIgnoreCase) ? html : cellTag.Replace(html, "<hr${rest}");

    // By recursion: a tree is BoundedHtml.MaxDepth deep at most.
    void Copy(INode from, IElement to)
    {
        for (var i = 0; i < from.ChildNodes.Length; i++)
        {
            switch (from.ChildNodes[i])
            {
                case IText text:
                    Copy(text, to);
                    break;
                case IHtmlElement element when !HtmlVocabulary.IsSilentText(element.LocalName):
                    Copy(element, to);
                    break;
            }
        }
    }

    void Copy(IHtmlElement element, IElement to)
    {
        var name = IsNoEmphasis(element) ? "span" : HtmlVocabulary.Nearest(element.LocalName);
        if (name == "br")
        {
            to.AppendChild(element.Clone(false));
            (isOpen, isEnded) = (false, false);
        }
        else if (HtmlVocabulary.IsShown(name))
        {
            Begin(to);
            // What stands within a player is text to the parser, and nothing is kept of it.
            var medium = Append(to, element, name);
            if (name is "video" or "audio")
            {
                Copy((INode)element, medium);
            }
        }
        else if (HtmlVocabulary.IsInline(name))
        {
            Copy((INode)element, Append(to, element, name));
        }
        else if (HtmlVocabulary.IsBlockOfBody(name) && !IsLost(name, to))
        {
            Break(() => Copy((INode)element, Append(to, element, name)));
        }
        else if (!HtmlVocabulary.IsBlock(name))
        {
            Copy((INode)element, to);
        }
        else if (IsParagraph(element, to))
        {
            Break(() => Copy((INode)element, Append(to, element, "p")));
        }
        else
        {
            isEnded = isOpen;
            if (HasContent(element) || HasBlocks(element))
            {
                Copy((INode)element, to);
            }
            isEnded = isOpen;
        }
    }

    void Copy(IText text, IElement to)
    {
        var data = text.Data;
        if (to is { LocalName: "pre", HasChildNodes: false })
        {
            // A parser takes the first line end away each time.
            data = data.TrimStart('\n');
        }
        if (!string.IsNullOrWhiteSpace(data))
        {
            Begin(to);
        }
        if (data.Length > 0)
        {
            to.AppendChild(root.Owner!.CreateTextNode(data));
        }
    }

    /// <summary>Something is said: on a new line, if a line has ended before it.</summary>
    void Begin(IElement to)
    {
        if (isEnded)
        {
            to.AppendChild(root.Owner!.CreateElement("br"));
        }
        (isOpen, isEnded) = (true, false);
    }

    /// <summary>A block stands apart by itself.</summary>
    void Break(Action within)
    {
        (isOpen, isEnded) = (false, false);
        within();
        (isOpen, isEnded) = (false, false);
    }

    static IElement Append(IElement to, IElement element, string name)
    {
        if (name == element.LocalName)
        {
            var same = (IElement)element.Clone(false);
            to.AppendChild(same);
            return same;
        }
        var renamed = element.Owner!.CreateElement(name);
        foreach (var attribute in new[] { "lang", "dir" })
        {
            if (element.GetAttribute(attribute) is { } said)
            {
                renamed.SetAttribute(attribute, said);
            }
        }
        to.AppendChild(renamed);
        return renamed;
    }

    /// <summary>Google Docs wraps whatever is copied from it in one that is not bold, and nobody emphasizes paragraphs so.</summary>
    public static bool IsNoEmphasis(IElement element) =>
        element.LocalName is "b" or "i"
        && (element.Id?.StartsWith("docs-internal-guid", StringComparison.Ordinal) == true || HasBlocks(element));

    /// <summary>Whether it stands where its kind says nothing.</summary>
    static bool IsLost(string name, IElement to) =>
        name switch
        {
            "li" => to.LocalName is not ("ul" or "ol"),
            "figcaption" => to.LocalName != "figure",
            _ => false,
        };

    /// <summary>Whether it can be a paragraph, and has anything to say in one.</summary>
    bool IsParagraph(IElement element, IElement to) =>
        (to == root || to.LocalName == "blockquote") && !HasBlocks(element) && HasContent(element);

    static bool HasContent(IElement element) =>
        BoundedHtml
            .Below(element)
            .Any(below =>
                below.Node is IText text
                    ? !string.IsNullOrWhiteSpace(text.Data) && !HtmlVocabulary.IsSilent(text.ParentElement!.LocalName)
                    : below.Node is IElement e && HtmlVocabulary.IsShown(e.LocalName)
            );

    public static bool HasBlocks(IElement element) =>
        BoundedHtml.Below(element).Any(below => below.Node is IElement e && HtmlVocabulary.IsBlock(e.LocalName));
}
