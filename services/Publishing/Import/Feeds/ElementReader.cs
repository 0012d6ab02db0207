using System.Xml;
using System.Xml.Linq;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Import.Feeds;

/// <summary>One element of a feed with all that is in it, as long as that keeps its bounds.</summary>
sealed class ElementReader(XmlReader reader, BoundedStream stream, XmlText text)
{
    const int MaxDepth = 64;

    static readonly XNamespace xhtml = "http://www.w3.org/1999/xhtml";

    readonly int depth = reader.Depth;
    readonly XName name = XName.Get(reader.LocalName, reader.NamespaceURI);
    int elements;

    int Line => text.LineOf(((IXmlLineInfo)reader).LineNumber);

    /// <summary>
    /// That element, without readers' comments, which can be any number; one that breaks a bound is empty, with the rule as its annotation.
    /// </summary>
    public async Task<XElement> ReadAsync()
    {
        try
        {
            return await ReadBoundedAsync();
        }
        catch (BoundExceeded bound)
        {
            if (reader.Depth == depth)
            {
                await PassAsync();
            }
            while (reader.Depth > depth && await reader.ReadAsync()) { }
            return Passed(name, bound.Message);
        }
    }

    public static XElement Passed(XName name, string why)
    {
        var passed = new XElement(name);
        passed.AddAnnotation(why);
        return passed;
    }

    async Task<XElement> ReadBoundedAsync()
    {
        XElement? root = null,
            at = null;
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
                    at!.Add(new XText(await SaidAsync()));
                    break;
            }
        } while (at is not null && await reader.ReadAsync());
        return root!;
    }

    XElement Start()
    {
        if (reader.Depth - depth > MaxDepth)
        {
            throw new BoundExceeded($"item: may have {MaxDepth} elements within each other at most; see line {Line}");
        }
        if (++elements > XmlItems.MaxElements)
        {
            throw new BoundExceeded($"item: may have {XmlItems.MaxElements} elements at most");
        }
        if (reader.AttributeCount > XmlItems.MaxAttributes)
        {
            throw new BoundExceeded($"item: an element may have {XmlItems.MaxAttributes} attributes at most; see line {Line}");
        }
        var element = new XElement(XName.Get(reader.LocalName, reader.NamespaceURI));
        while (reader.MoveToNextAttribute())
        {
            var isDefault = reader.Prefix.Length == 0 && reader.LocalName == "xmlns";
            element.Add(new XAttribute(isDefault ? XName.Get("xmlns") : XName.Get(reader.LocalName, reader.NamespaceURI), reader.Value));
        }
        reader.MoveToElement();
        return element;
    }

    bool IsReadersComment() => reader.LocalName == "comment" && WordPressExport.IsOwn(reader.NamespaceURI);

    async Task PassAsync()
    {
        var outer = reader.Depth;
        while (!reader.IsEmptyElement && await reader.ReadAsync() && reader.Depth > outer)
        {
            if (reader.NodeType == XmlNodeType.CDATA)
            {
                await SaidAsync();
            }
        }
    }

    /// <exception cref="ProblemException">What follows the text was taken for a part of it.</exception>
    async Task<string> SaidAsync()
    {
        var said = await reader.GetValueAsync();
        return reader.NodeType == XmlNodeType.CDATA && BadBytes.RanOn(said)
            ? throw ProblemException.BadRequest("text", "has a byte that is no letter where it was to end")
            : said;
    }

    sealed class BoundExceeded(string rule) : Exception(rule);
}
