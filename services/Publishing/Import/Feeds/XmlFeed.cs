using System.Runtime.CompilerServices;
using System.Xml.Linq;

namespace NewsPlatform.Publishing.Import.Feeds;

/// <summary>The items of an RSS, Atom or WordPress file, numbered from 1.</summary>
public static class XmlFeed
{
    public static async IAsyncEnumerable<ImportLine> ReadAsync(XmlItems items, Edition edition, int maxPictures, [EnumeratorCancellation] CancellationToken ct)
    {
        using var _ = items;
        Func<XElement, Func<ImportItem>?> take = items.Kind switch
        {
            FeedKind.WordPress => new WordPressExport(edition, maxPictures).Take,
            FeedKind.Atom => new AtomFeed(edition, items.Language, items.Base).Take,
            _ => Rss(new(edition), new(edition, maxPictures)),
        };
        for (var number = 0; ;)
        {
            ct.ThrowIfCancellationRequested();
            var (element, fault) = await items.NextAsync();
            if (fault is not null)
            {
                yield return ImportLine.Fault(number + 1, fault);
                yield break;
            }
            if (element is null)
            {
                yield break;
            }
            number += element.Name.LocalName is "item" or "entry" ? 1 : 0;
            if (element.Annotation<string>() is { } broken)
            {
                if (element.Name.LocalName is "item" or "entry")
                {
                    yield return ImportLine.Fault(number, broken);
                }
            }
            else if (take(element) is { } read)
            {
                yield return new(number, read) { Size = items.Size };
            }
        }
    }
    /// <summary>WordPress is known by what its items say, since its names may be declared anywhere in the file.</summary>
    static Func<XElement, Func<ImportItem>?> Rss(RssChannel channel, WordPressExport export) => element =>
    {
        if (element.Name.LocalName == "item")
        {
            return WordPressExport.IsOwn(element) ? export.Take(element) : channel.Take(element);
        }
        export.Take(element);
        return channel.Take(element);
    };
}
