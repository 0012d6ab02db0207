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
            FeedKind.Atom => new AtomFeed(edition, items.Language).Take,
            _ => new RssChannel(edition).Take,
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
            if (take(element) is { } read)
            {
                yield return new(number, read) { Size = items.Size };
            }
        }
    }
}
