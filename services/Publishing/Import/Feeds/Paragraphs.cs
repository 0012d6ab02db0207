using System.Text.RegularExpressions;
using AngleSharp.Dom;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Import.Feeds;

/// <summary>Puts what stands outside of any block into paragraphs, and takes the blocks out of what only groups them.</summary>
public sealed class Paragraphs(IElement result, bool linesAreBreaks, Paragraphs? around = null)
{
    IElement? paragraph;
    int made;

    public void Add(INode parent)
    {
        foreach (var node in parent.ChildNodes.ToList())
        {
            switch (node)
            {
                case IText text:
                    AddText(text.Data);
                    break;
                case IElement { LocalName: "blockquote" } quotation:
                    End();
                    var within = new Paragraphs(quotation.Owner!.CreateElement("blockquote"), linesAreBreaks, this);
                    within.Add(quotation);
                    result.AppendChild(within.End());
                    break;
                case IElement
                {
                    LocalName: "p"
                        or "h2"
                        or "h3"
                        or "h4"
                        or "ul"
                        or "ol"
                        or "menu"
                        or "dir"
                        or "dl"
                        or "figure"
                        or "table"
                        or "pre"
                        or "hr",
                } block:
                    End();
                    result.AppendChild(block);
                    break;
                case IElement { LocalName: "script" or "style" }:
                    break;
                case IElement group
                    when HtmlVocabulary.IsGroup(group.LocalName)
                        || group.LocalName is "li" or "figcaption"
                        || group.LocalName != "a" && HtmlLines.HasBlocks(group):
                    End();
                    Add(group);
                    End();
                    break;
                case IElement inline:
                    (paragraph ??= Make("p")).AppendChild(inline);
                    break;
            }
        }
    }

    public string ToHtml() => End().InnerHtml;

    IElement End()
    {
        while (paragraph?.LastChild is { } last && IsNothing(last))
        {
            paragraph.RemoveChild(last);
        }
        if (paragraph is { HasChildNodes: true })
        {
            if (paragraph.LastChild is IText end)
            {
                end.Data = end.Data.TrimEnd();
            }
            result.AppendChild(paragraph);
        }
        paragraph = null;
        return result;
    }

    /// <summary>A line end is one byte, and an element is a hundred.</summary>
    IElement Make(string name) =>
        around?.Make(name)
        ?? (
            ++made <= BoundedHtml.MaxElements
                ? result.Owner!.CreateElement(name)
                : throw ProblemException.BadRequest("body", $"may come to {BoundedHtml.MaxElements} paragraphs and lines at most")
        );

    static bool IsNothing(INode node) => node is IElement { LocalName: "br" } || node is IText text && string.IsNullOrWhiteSpace(text.Data);

    void AddText(string text)
    {
        if (!linesAreBreaks)
        {
            AddLine(text);
            return;
        }
        var parts = BlankLines.Split(text.ReplaceLineEndings("\n"));
        for (var i = 0; i < parts.Length; i++)
        {
            if (i > 0)
            {
                End();
            }
            var lines = parts[i].Split('\n');
            for (var j = 0; j < lines.Length; j++)
            {
                if (j > 0)
                {
                    paragraph?.AppendChild(Make("br"));
                }
                AddLine(lines[j]);
            }
        }
    }

    void AddLine(string text)
    {
        if (paragraph is not null || !string.IsNullOrWhiteSpace(text))
        {
            (paragraph ??= Make("p")).AppendChild(result.Owner!.CreateTextNode(paragraph.HasChildNodes ? text : text.TrimStart()));
        }
    }

    static readonly Regex BlankLines = new(@"\n[ \t]*\n\s*", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
}
