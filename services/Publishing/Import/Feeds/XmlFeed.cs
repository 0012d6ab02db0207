using System.Runtime.CompilerServices;
using System.Xml.Linq;
using NewsPlatform.Publishing.Import.Items;

namespace NewsPlatform.Publishing.Import.Feeds;

/// <summary>The items of an RSS, Atom or WordPress file, numbered from 1.</summary>
public static class XmlFeed
{
    public static async IAsyncEnumerable<ImportLine> ReadAsync(
        XmlItems items,
        Edition edition,
        ImportOptions options,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        using var _ = items;
        var thumbnails = new Thumbnails(options.MaxPictures);
        var export = new WordPressExport(edition, thumbnails);
        var waiting = new WaitingPosts(thumbnails, options.MaxWaitingBytes);
        Func<XElement, Func<ImportItem>?> take = items.Kind switch
        {
            FeedKind.WordPress => export.Take,
            FeedKind.Atom => new AtomFeed(edition, items.Language, items.Base).Take,
            _ => Rss(new(edition), export),
        };
        var number = 0;
        while (true)
        {
            ct.ThrowIfCancellationRequested();
            var (element, fault) = await items.NextAsync();
            export.LastThumbnail = null;
            if (element is not null)
            {
                var isItem = element.Name.LocalName is "item" or "entry";
                number += isItem ? 1 : 0;
                if (element.Annotation<string>() is { } broken)
                {
                    if (isItem)
                    {
                        waiting.Add(ImportLine.Fault(number, broken), null);
                    }
                }
                else if (take(element) is { } read)
                {
                    waiting.Add(new(number, read) { Size = items.Size }, export.LastThumbnail);
                }
            }
            else if (fault is not null)
            {
                waiting.Add(ImportLine.Fault(number + 1, fault), null);
            }
            foreach (var line in waiting.Ready(isLast: element is null))
            {
                yield return line;
            }
            if (element is null)
            {
                yield break;
            }
        }
    }

    /// <summary>WordPress is known by what its items say, since its names may be declared anywhere in the file.</summary>
    static Func<XElement, Func<ImportItem>?> Rss(RssChannel channel, WordPressExport export) =>
        element =>
        {
            if (element.Name.LocalName == "item")
            {
                return WordPressExport.IsOwn(element) ? export.Take(element) : channel.Take(element);
            }
            export.Take(element);
            return channel.Take(element);
        };
}
