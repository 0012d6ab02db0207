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
    const int MaxDepth = 64;

    /// <summary>Elements of one item; a post's tags and custom fields are some hundreds, XHTML has one for every paragraph.</summary>
    public const int MaxElements = 20_000;

    /// <summary>Of one element; each is compared with all before it.</summary>
    public const int MaxAttributes = 100;

    static readonly XNamespace xhtml = "http://www.w3.org/1999/xhtml";
    static readonly XNamespace atom = "http://www.w3.org/2005/Atom";

    readonly BoundedStream stream;
    readonly XmlReader reader;
    int childDepth, elements;

    // The old encodings of archives, such as windows-1251.
    static XmlItems() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    XmlItems(Stream body, int maxItemBytes, Encoding? encoding)
    {
        stream = new(body, maxItemBytes);
        // A reference to a control character is no XML either; it is cleaned from the text later.
        XmlReaderSettings settings = new() { Async = true, DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null, CheckCharacters = false, IgnoreComments = true, IgnoreProcessingInstructions = true, NameTable = new BoundedNames() };
        reader = encoding is null ? XmlReader.Create(stream, settings) : XmlReader.Create(new StreamReader(stream, encoding), settings);
    }

    public FeedKind Kind { get; private set; }

    /// <summary>The document's own <c>xml:base</c>.</summary>
    public string? Base { get; private set; }

    /// <summary>The document's own <c>xml:lang</c>.</summary>
    public string? Language { get; private set; }

    /// <summary>Bytes of the last element.</summary>
    public int Size => (int)stream.Used;

    /// <param name="encoding">That the request names, which goes before what the document says of itself (RFC 7303, section 3.2).</param>
    /// <exception cref="Refusal">400: it begins as no XML or as none of the kinds; 413: its beginning is too long.</exception>
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
            throw Refusal.Unreadable("body", fault.Message.Contains("DTD", StringComparison.Ordinal) ? "may not have a DTD" : $"is no XML: {fault.Message}");
        }
        catch
        {
            items.Dispose();
            throw;
        }
    }

    async Task OpenAsync()
    {
        await reader.MoveToContentAsync();
        Language = reader.XmlLang;
        Base = reader.GetAttribute("base", "http://www.w3.org/XML/1998/namespace");
        (Kind, childDepth) = (XName.Get(reader.LocalName, reader.NamespaceURI)) switch
        {
            { LocalName: "rss", NamespaceName: "" } when DeclaresWordPress() => (FeedKind.WordPress, 2),
            { LocalName: "rss", NamespaceName: "" } => (FeedKind.Rss, 2),
            var root when root == atom + "feed" => (FeedKind.Atom, 1),
            var root => throw Refusal.Unreadable("body", $"is neither RSS 2.0 nor Atom nor a WordPress export: its root is '{root.LocalName}'"),
        };
    }

    /// <summary>By whatever prefix.</summary>
    bool DeclaresWordPress() => ((IXmlNamespaceResolver)reader).GetNamespacesInScope(XmlNamespaceScope.ExcludeXml).Values.Any(WordPressExport.IsOwn);

    /// <summary>
    /// The next element of the feed, item or not; nothing after the last; or what is wrong with the document from there on. An element that
    /// breaks a bound is passed, with the rule as its annotation.
    /// </summary>
    public async Task<(XElement? Element, string? Fault)> NextAsync()
    {
        try
        {
            stream.Used = 0;
            while (await reader.ReadAsync())
            {
                if (reader.NodeType == XmlNodeType.Element && reader.Depth == childDepth)
                {
                    return (await ReadAsync(), null);
                }
                if (reader.Depth < childDepth)
                {
                    stream.Used = 0;
                }
            }
            return (null, null);
        }
        catch (XmlException fault)
        {
            return (null, $"the file is not well-formed, and nothing from here on was read: {fault.Message}");
        }
        catch (Refusal refusal)
        {
            return (null, $"nothing from here on was read: {refusal.Message}");
        }
    }

    /// <summary>The element at which the reader stands, without readers' comments, which can be any number.</summary>
    async Task<XElement> ReadAsync()
    {
        var name = XName.Get(reader.LocalName, reader.NamespaceURI);
        try
        {
            return await ReadBoundedAsync();
        }
        catch (BoundExceeded bound)
        {
            if (reader.Depth == childDepth)
            {
                await PassAsync();
            }
            while (reader.Depth > childDepth && await reader.ReadAsync())
            {
            }
            var passed = new XElement(name);
            passed.AddAnnotation(bound.Message);
            return passed;
        }
    }

    async Task<XElement> ReadBoundedAsync()
    {
        XElement? root = null, at = null;
        elements = 0;
        do
        {
            switch (reader.NodeType)
            {
                case XmlNodeType.Element when at is not null && IsReadersComment():
                    var used = stream.Used;
                    await PassAsync();
                    stream.Used = used;
                    break;
                case XmlNodeType.Element:
                    var element = Start();
                    root ??= element;
                    at?.Add(element);
                    at = reader.IsEmptyElement ? at : element;
                    break;
                case XmlNodeType.EndElement:
                    at = at!.Parent;
                    break;
                // Between the words of XHTML it is a space, between a feed's own elements it is nothing.
                case XmlNodeType.Whitespace when at!.Name.Namespace != xhtml:
                    break;
                case XmlNodeType.Text or XmlNodeType.CDATA or XmlNodeType.Whitespace or XmlNodeType.SignificantWhitespace:
                    at!.Add(new XText(await reader.GetValueAsync()));
                    break;
            }
        }
        while (at is not null && await reader.ReadAsync());
        return root!;
    }

    XElement Start()
    {
        if (reader.Depth - childDepth > MaxDepth)
        {
            throw new BoundExceeded($"item: may have {MaxDepth} elements within each other at most; see line {((IXmlLineInfo)reader).LineNumber}");
        }
        if (++elements > MaxElements)
        {
            throw new BoundExceeded($"item: may have {MaxElements} elements at most");
        }
        if (reader.AttributeCount > MaxAttributes)
        {
            throw new BoundExceeded($"item: an element may have {MaxAttributes} attributes at most; see line {((IXmlLineInfo)reader).LineNumber}");
        }
        var element = new XElement(XName.Get(reader.LocalName, reader.NamespaceURI));
        while (reader.MoveToNextAttribute())
        {
            element.Add(new XAttribute(reader.Prefix.Length == 0 && reader.LocalName == "xmlns" ? XName.Get("xmlns") : XName.Get(reader.LocalName, reader.NamespaceURI), reader.Value));
        }
        reader.MoveToElement();
        return element;
    }

    bool IsReadersComment() => reader.LocalName == "comment" && WordPressExport.IsOwn(reader.NamespaceURI);

    async Task PassAsync()
    {
        var depth = reader.Depth;
        while (!reader.IsEmptyElement && await reader.ReadAsync() && reader.Depth > depth)
        {
        }
    }

    sealed class BoundExceeded(string rule) : Exception(rule);

    /// <summary>A reader keeps every name that it meets for as long as it reads, which may be for days.</summary>
    sealed class BoundedNames : NameTable
    {
        const int MaxNames = 20_000;
        int names;

        public override string Add(char[] key, int start, int len) => Get(key, start, len) ?? Kept(base.Add(key, start, len));

        public override string Add(string key) => Get(key) ?? Kept(base.Add(key));

        string Kept(string name) => ++names <= MaxNames ? name : throw new XmlException($"it has more than {MaxNames} names of elements and attributes");
    }

    public void Dispose()
    {
        reader.Dispose();
        stream.Dispose();
    }
}

public enum FeedKind { Rss, Atom, WordPress }
