using System.Collections.Frozen;
using AngleSharp;
using AngleSharp.Dom;
using AngleSharp.Html.Dom;
using AngleSharp.Html.Parser;
using AngleSharp.Html.Parser.Tokens.Struct;

namespace NewsPlatform.ServiceDefaults;

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

    /// <summary>
    /// Those of a body and those that an import reads. Nothing else is read of an element; the parser compares each attribute with all
    /// before it.
    /// </summary>
    static readonly FrozenSet<string>.AlternateLookup<ReadOnlySpan<char>> attributes = HtmlVocabulary
        .Attributes.Concat([
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
        ])
        .ToFrozenSet(StringComparer.OrdinalIgnoreCase)
        .GetAlternateLookup<ReadOnlySpan<char>>();

    /// <summary>
    /// The document whose body is that HTML, with the attributes that a body may have or an import reads. It is the caller's to dispose of.
    /// </summary>
    /// <exception cref="HtmlBoundExceeded">It has too much of something; the parser stopped where that was seen.</exception>
    public static IHtmlDocument Parse(string body) => Parse(body, out _);

    /// <param name="elements">How many the parser made.</param>
    public static IHtmlDocument Parse(string body, out int elements)
    {
        var watch = new HtmlConstruction();
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

    internal static HtmlBoundExceeded TooDeep() => new($"may have {MaxDepth} elements within each other at most");
}
