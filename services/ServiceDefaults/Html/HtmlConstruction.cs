using System.Collections.Frozen;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using AngleSharp.Html.Parser.Tokens;
using AngleSharp.Text;

namespace NewsPlatform.ServiceDefaults;

/// <summary>Sees each element as it is made, copies included, and each token before the tree takes it.</summary>
sealed class HtmlConstruction : IElementFactory<Document, HtmlElement>
{
    static readonly IElementFactory<Document, HtmlElement> factory = AngleSharp
        .Configuration.Default.Services.OfType<IElementFactory<Document, HtmlElement>>()
        .Single();

    static readonly FrozenSet<string> inTables = new[]
    {
        "table",
        "colgroup",
        "col",
        "tbody",
        "thead",
        "tfoot",
        "tr",
        "input",
        "form",
        "script",
        "style",
        "template",
        "select",
        "option",
    }.ToFrozenSet();

    static readonly FrozenSet<string> endsOfCells = new[]
    {
        "td",
        "th",
        "caption",
        "table",
        "colgroup",
        "tbody",
        "thead",
        "tfoot",
        "tr",
    }.ToFrozenSet();

    static readonly FrozenSet<string> cells = new[] { "td", "th", "caption" }.ToFrozenSet();

    IElement? last;
    bool betweenCells;
    int movedOut;
    HtmlTokenType before;
    int elementsBefore,
        lengthBefore;
    bool mayMoveOut;
    long run,
        copied,
        others;

    public int Elements { get; private set; }

    /// <summary>What is made later is whose who makes it.</summary>
    public bool IsDone { get; set; }

    public HtmlElement Create(Document document, string localName, string? prefix = null, NodeFlags flags = NodeFlags.None)
    {
        Count();
        var element = factory.Create(document, localName, prefix, flags);
        last = element;
        return element;
    }

    /// <summary>Elements of SVG and MathML are made elsewhere.</summary>
    public void Created(IElement element, TextPosition position)
    {
        if (element is not IHtmlElement)
        {
            Count();
            last = element;
        }
    }

    public void Next(HtmlToken token)
    {
        var depth = 0;
        // Below html and body.
        for (var up = last?.Parent; up is not null; up = up.Parent)
        {
            if (++depth > BoundedHtml.MaxDepth + 2)
            {
                throw BoundedHtml.TooDeep();
            }
        }
        switch (token.Type)
        {
            case HtmlTokenType.Character:
                Text(token.Data.Length);
                break;
            case HtmlTokenType.StartTag or HtmlTokenType.EndTag:
                Begin();
                Table(token);
                mayMoveOut =
                    token.Type == HtmlTokenType.StartTag ? inTables.Contains(token.Name) : mayMoveOut || endsOfCells.Contains(token.Name);
                break;
            case HtmlTokenType.Comment when ++others > 2 * BoundedHtml.MaxElements:
                throw new HtmlBoundExceeded($"may have {2 * BoundedHtml.MaxElements} comments at most");
            default:
                Begin();
                break;
        }
        (before, elementsBefore) = (token.Type, Elements);
    }

    /// <summary>A new element is where text begins anew, unless the text is moved out of a table to what stands before it.</summary>
    void Begin()
    {
        if (Elements > elementsBefore && !mayMoveOut)
        {
            run = before switch
            {
                HtmlTokenType.StartTag => 0,
                HtmlTokenType.Character => lengthBefore,
                _ => run,
            };
        }
    }

    /// <summary>
    /// What stands in a table and in none of its cells is put before it, and the parser looks for that place anew each time.
    /// </summary>
    void Table(HtmlToken tag)
    {
        var isStart = tag.Type == HtmlTokenType.StartTag;
        if (cells.Contains(tag.Name))
        {
            betweenCells = !isStart;
        }
        else if (endsOfCells.Contains(tag.Name))
        {
            betweenCells = isStart || tag.Name != "table";
        }
        else if (betweenCells && isStart && ++movedOut > BoundedHtml.MaxMovedOut)
        {
            throw new HtmlBoundExceeded($"may have {BoundedHtml.MaxMovedOut} elements at most that stand in a table and in no cell of it");
        }
    }

    void Text(int length)
    {
        Begin();
        copied += run;
        run += length;
        lengthBefore = length;
        if (copied > BoundedHtml.MaxCopied)
        {
            throw new HtmlBoundExceeded("has text that stray tags break off too often");
        }
    }

    void Count()
    {
        if (!IsDone && ++Elements > BoundedHtml.MaxElements)
        {
            throw new HtmlBoundExceeded(
                $"may come to {BoundedHtml.MaxElements} elements at most; one that is left open is repeated in each block that follows"
            );
        }
    }
}
