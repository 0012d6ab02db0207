using System.Globalization;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Import.Feeds;

/// <summary>
/// An XML document whose items are read one by one as it comes, in memory that no document can make larger: no DTD, so that there is
/// nothing to expand, and a limit to the bytes and the depth of each item.
/// </summary>
public sealed class XmlItems : IDisposable
{
    /// <summary>Elements of one item; a post's tags and custom fields are some hundreds, XHTML has one for every paragraph.</summary>
    public const int MaxElements = 20_000;

    /// <summary>Of one element; each is compared with all before it.</summary>
    public const int MaxAttributes = 100;

    static readonly XNamespace atom = "http://www.w3.org/2005/Atom";

    /// <summary>Items that are not well-formed and are passed; each needs a reader of its own.</summary>
    public const int MaxBroken = 1_000;

    static readonly XmlReaderSettings settings = new()
    {
        // A reference to a control character is no XML either; it is cleaned from the text later.
        CheckCharacters = false,
        Async = true,
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
    };

    readonly BoundedStream stream;
    readonly XmlText text;
    readonly BoundedNames names = new();
    readonly string[] opened = ["", ""];
    XmlReader reader;

    // What is being read, and what was last.
    XName? current,
        marked;
    string itemTag = "item";
    string? end;
    bool isOver;
    int childDepth,
        broken;

    XmlItems(Stream body, int maxItemBytes, Encoding? encoding)
    {
        stream = new(body, maxItemBytes);
        text = new(stream, encoding, 2 * maxItemBytes);
        reader = Reader();
    }

    XmlReader Reader()
    {
        var mine = settings.Clone();
        mine.NameTable = names;
        return XmlReader.Create(text, mine);
    }

    public FeedKind Kind { get; private set; }

    /// <summary>The document's own <c>xml:base</c>.</summary>
    public string? Base { get; private set; }

    /// <summary>The document's own <c>xml:lang</c>.</summary>
    public string? Language { get; private set; }

    /// <summary>Bytes of the last element.</summary>
    public int Size => (int)stream.Used;

    /// <param name="encoding">That the request names, which goes before what the document says of itself (RFC 7303, section 3.2).</param>
    /// <exception cref="ProblemException">400: it begins as no XML or as none of the kinds; 413: its beginning is too long.</exception>
    public static async Task<XmlItems> OpenAsync(Stream body, int maxItemBytes, Encoding? encoding = null)
    {
        var items = new XmlItems(body, maxItemBytes, encoding);
        try
        {
            await items.OpenAsync();
            return items;
        }
        catch (XmlException fault)
        {
            items.Dispose();
            throw ProblemException.BadRequest(
                "body",
                fault.Message.Contains("DTD", StringComparison.Ordinal)
                    ? "may not have a DTD"
                    : $"is no XML: {BadBytes.Shown(fault.Message)}"
            );
        }
        catch
        {
            items.Dispose();
            throw;
        }
    }

    async Task OpenAsync()
    {
        await text.BeginAsync();
        await reader.MoveToContentAsync();
        Language = reader.XmlLang;
        Base = reader.GetAttribute("base", "http://www.w3.org/XML/1998/namespace");
        (Kind, childDepth) = (XName.Get(reader.LocalName, reader.NamespaceURI)) switch
        {
            { LocalName: "rss", NamespaceName: "" } when DeclaresWordPress() => (FeedKind.WordPress, 2),
            { LocalName: "rss", NamespaceName: "" } => (FeedKind.Rss, 2),
            var root when root == atom + "feed" => (FeedKind.Atom, 1),
            var root => throw ProblemException.BadRequest(
                "body",
                $"is neither RSS 2.0 nor Atom nor a WordPress export: its root is '{root.LocalName}'"
            ),
        };
        opened[0] = StartTag();
        itemTag = Kind == FeedKind.Atom ? "entry" : "item";
    }

    /// <summary>By whatever prefix.</summary>
    bool DeclaresWordPress() =>
        ((IXmlNamespaceResolver)reader).GetNamespacesInScope(XmlNamespaceScope.ExcludeXml).Values.Any(WordPressExport.IsOwn);

    /// <summary>
    /// The next element of the feed, item or not; nothing after the last; or what is wrong with the document from there on. An element that
    /// breaks a bound, is not well-formed or has a byte that is no letter is passed, with the rule as its annotation.
    /// </summary>
    public async Task<(XElement? Element, string? Fault)> NextAsync()
    {
        while (!isOver)
        {
            try
            {
                if (await ReadNextAsync() is { } element)
                {
                    return (element, null);
                }
                isOver = true;
            }
            catch (Exception fault) when (fault is XmlException || fault is ProblemException && IsItem(current))
            {
                if (await PassBrokenAsync(fault) is { } passed)
                {
                    return (passed, null);
                }
            }
            catch (ProblemException problem)
            {
                End($"nothing from here on was read: {problem.Message}");
            }
        }
        var said = end;
        end = null;
        return (null, said);
    }

    /// <summary>Nothing more is read, for that reason if there is one.</summary>
    void End(string? why) => (isOver, end) = (true, why);

    async Task<XElement?> ReadNextAsync()
    {
        stream.Used = 0;
        current = null;
        while (await reader.ReadAsync())
        {
            if (reader.NodeType == XmlNodeType.Element && reader.Depth == childDepth)
            {
                text.Mark((IXmlLineInfo)reader);
                current = marked = XName.Get(reader.LocalName, reader.NamespaceURI);
                itemTag = IsItem(current) ? reader.Name : itemTag;
                var element = await new ElementReader(reader, stream, text).ReadAsync();
                return IsItem(current) && element.Annotation<string>() is null && text.Fault(element) is { } fault
                    ? ElementReader.Passed(current, $"item: {fault}")
                    : element;
            }
            if (reader.Depth < childDepth)
            {
                if (reader.NodeType == XmlNodeType.Element)
                {
                    text.Mark((IXmlLineInfo)reader);
                    opened[reader.Depth] = StartTag();
                }
                stream.Used = 0;
            }
        }
        return null;
    }

    static bool IsItem(XName? name) => name?.LocalName is "item" or "entry";

    /// <summary>Goes on behind what cannot be read, with the next item; the item itself, with the reason, where it was one.</summary>
    async Task<XElement?> PassBrokenAsync(Exception fault)
    {
        var why = fault is XmlException xml ? $"is not well-formed XML: {Said(xml)}" : fault.Message;
        var isLast = text.IsLost || ++broken > MaxBroken;
        var hasNext = !isLast && await text.PassTagAsync(itemTag, string.Concat(opened[..childDepth]));
        // An item whose first tag cannot be read is known by its last one.
        var passed =
            IsItem(current) ? current
            : text.Closed > (current is null && IsItem(marked) ? 1 : 0) ? "item"
            : null;
        if (hasNext)
        {
            reader.Dispose();
            (reader, marked) = (Reader(), null);
        }
        else
        {
            End(!isLast && passed is not null ? null : $"the file is not well-formed, and nothing from here on was read: {why}");
        }
        return passed is null ? null : ElementReader.Passed(passed, $"item: {BadBytes.Shown(why)}");
    }

    string Said(XmlException fault)
    {
        var at = fault.Message.LastIndexOf(" Line ", StringComparison.Ordinal);
        return $"{(at < 0 ? fault.Message : fault.Message[..at])} See line {text.LineOf(fault.LineNumber)}.";
    }

    /// <summary>As it stands in the document, for a reader that begins further on.</summary>
    string StartTag()
    {
        var tag = new StringBuilder("<").Append(reader.Name);
        while (reader.MoveToNextAttribute())
        {
            var value = System.Security.SecurityElement.Escape(reader.Value)!.ReplaceLineEndings(" ");
            tag.Append(CultureInfo.InvariantCulture, $" {reader.Name}=\"{value}\"");
        }
        reader.MoveToElement();
        return tag.Append('>').ToString();
    }

    public void Dispose()
    {
        reader.Dispose();
        text.Dispose();
        stream.Dispose();
    }
}

public enum FeedKind
{
    Rss,
    Atom,
    WordPress,
}
