using System.Collections.Frozen;
using AngleSharp;
using AngleSharp.Dom;
using AngleSharp.Html;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using AngleSharp.Html.Parser.Tokens;
using AngleSharp.Html.Parser.Tokens.Struct;
using AngleSharp.Text;

namespace NewsPlatform.ServiceDefaults;

/// <summary>HTML that needs more work than it is worth. <see cref="Exception.Message"/> is the rule that it breaks.</summary>
public sealed class HtmlBoundExceeded(string rule) : Exception(rule);

/// <summary>
/// AngleSharp's parser with bounds that hold while the tree is made, since a few bytes can ask for much: an element that is left open is
/// copied into every block that follows (the adoption agency and the list of active formatting elements of the HTML standard), and text
/// that is broken off by stray tags is copied at each of them.
/// </summary>
public static class BoundedHtml
{
    /// <summary>
    /// Elements of a body, those included that the parser makes by itself. A long article with a large table has some 12,000.
    /// </summary>
    public const int MaxElements = 20_000;

    /// <summary>Elements within each other; libraries walk HTML by recursion, and a stack that overflows ends the process.</summary>
    public const int MaxDepth = 100;

    /// <summary>UTF-16 code units of all attributes' values, those included that are copied with their elements.</summary>
    public const int MaxAttributes = 4 << 20;

    /// <summary>UTF-16 code units that are copied since a text goes on after a tag or a comment that came to nothing.</summary>
    public const long MaxCopied = 32 << 20;

    /// <summary>Elements in tables that are in no cell.</summary>
    public const int MaxMovedOut = 2_000;

    /// <summary>Nothing else is read of an element; the parser compares each attribute with all before it.</summary>
    static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> attributes = new[]
    {
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
        "srcset",
        "data-src",
        "data-srcset",
        "rel",
        "loading",
        "referrerpolicy",
        "sandbox",
        "controls",
        "preload",
        "id",
    }
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase)
        .GetAlternateLookup<ReadOnlySpan<char>>();

    static readonly IElementFactory<Document, HtmlElement> factory = AngleSharp
        .Configuration.Default.Services.OfType<IElementFactory<Document, HtmlElement>>()
        .Single();

    /// <summary>
    /// The document whose body is that HTML, with the attributes that a body may have or an import reads. It is the caller's to dispose of.
    /// </summary>
    /// <exception cref="HtmlBoundExceeded">It has too much of something; the parser stopped where that was seen.</exception>
    public static IHtmlDocument Parse(string body) => Parse(body, out _);

    /// <param name="elements">How many the parser made.</param>
    public static IHtmlDocument Parse(string body, out int elements)
    {
        var watch = new Watch();
        var context = BrowsingContext.New(AngleSharp.Configuration.Default.WithOnly<IElementFactory<Document, HtmlElement>>(watch));
        var parser = new HtmlParser(
            new HtmlParserOptions
            {
                IsScripting = true,
                DisableElementPositionTracking = true,
                ShouldEmitAttribute = static (ref StructHtmlToken _, ReadOnlyMemory<char> name) => attributes.Contains(name.Span),
                OnCreated = watch.Created,
                OnToken = (token, _) => watch.Next(token),
            },
            context
        );
        var document = parser.ParseDocument("<!doctype html><html><body>" + HtmlLines.WithoutLostCells(body));
        try
        {
            Check(document.Body!);
        }
        catch
        {
            document.Dispose();
            throw;
        }
        (elements, watch.IsDone) = (watch.Elements, true);
        return document;
    }

    /// <summary>
    /// All nodes below it in their order, each with how many elements of them it stands within. Takes as long as there are nodes.
    /// </summary>
    public static IEnumerable<(INode Node, int Depth)> Below(INode root)
    {
        // By index: who asks AngleSharp for the next sibling has it look through all that come before.
        var way = new Stack<(INodeList Children, int Next)>();
        way.Push((root.ChildNodes, 0));
        while (way.TryPop(out var at))
        {
            if (at.Next < at.Children.Length)
            {
                var node = at.Children[at.Next];
                way.Push(at with { Next = at.Next + 1 });
                yield return (node, way.Count - 1);
                if (node.HasChildNodes)
                {
                    way.Push((node.ChildNodes, 0));
                }
            }
        }
    }

    static void Check(INode body)
    {
        var said = 0L;
        foreach (var (node, depth) in Below(body))
        {
            if (node is not IElement element)
            {
                continue;
            }
            if (depth >= MaxDepth)
            {
                throw TooDeep();
            }
            for (var i = 0; i < element.Attributes.Length; i++)
            {
                said += element.Attributes[i]!.Value.Length;
            }
            if (said > MaxAttributes)
            {
                throw new HtmlBoundExceeded(
                    $"may come to {MaxAttributes} characters of attributes at most; an element that is left open is repeated with them"
                );
            }
        }
    }

    static HtmlBoundExceeded TooDeep() => new($"may have {MaxDepth} elements within each other at most");

    /// <summary>Sees each element as it is made, copies included, and each token before the tree takes it.</summary>
    sealed class Watch : IElementFactory<Document, HtmlElement>
    {
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
                if (++depth > MaxDepth + 2)
                {
                    throw TooDeep();
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
                        token.Type == HtmlTokenType.StartTag
                            ? inTables.Contains(token.Name)
                            : mayMoveOut || endsOfCells.Contains(token.Name);
                    break;
                case HtmlTokenType.Comment when ++others > 2 * MaxElements:
                    throw new HtmlBoundExceeded($"may have {2 * MaxElements} comments at most");
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
            else if (betweenCells && isStart && ++movedOut > MaxMovedOut)
            {
                throw new HtmlBoundExceeded($"may have {MaxMovedOut} elements at most that stand in a table and in no cell of it");
            }
        }

        void Text(int length)
        {
            Begin();
            copied += run;
            run += length;
            lengthBefore = length;
            if (copied > MaxCopied)
            {
                throw new HtmlBoundExceeded("has text that stray tags break off too often");
            }
        }

        void Count()
        {
            if (!IsDone && ++Elements > MaxElements)
            {
                throw new HtmlBoundExceeded(
                    $"may come to {MaxElements} elements at most; one that is left open is repeated in each block that follows"
                );
            }
        }
    }
}
