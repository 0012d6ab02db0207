using NewsPlatform.Contracts;
using NewsPlatform.Publishing.Import.Items;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Import;

/// <summary>From what a portal page says to import items: the article with its featured item, and every item of the news line.</summary>
public static class PortalPageItems
{
    public static IEnumerable<(int Line, ImportItem? Item, string? Reason)> Of(PortalPage page, string language, PortalOptions portal)
    {
        var faults = page.Faults.Select(f => (f.LineNumber, (ImportItem?)null, (string?)f.Reason));
        return Items(page, language, portal).Concat(faults).OrderBy(i => i.Item1);
    }

    static IEnumerable<(int Line, ImportItem? Item, string? Reason)> Items(PortalPage page, string language, PortalOptions portal)
    {
        ImportItem? featured = page.Featured is { } f ? Item(f, language, "general") : null;
        if (featured is not null)
        {
            yield return (page.Featured!.LineNumber, featured, null);
        }
        if (page.Article is { } article)
        {
            yield return portal.CategoryOf(article.Rubric!) is { } category
                ? (
                    article.LineNumber,
                    Item(article, language, category) with
                    {
                        Featured = featured is null ? [] : [featured.ArticleId],
                    },
                    null
                )
                : (article.LineNumber, null, $"category: the rubric '{article.Rubric}' is none of the portal's categories");
        }
        foreach (var item in page.Line)
        {
            yield return (item.LineNumber, Item(item, language, "general"), null);
        }
    }

    static ImportItem Item(PortalItem item, string language, string category) =>
        new()
        {
            Headline = item.Headline,
            Body = item.Body,
            Category = category,
            Language = language,
            PublishedAt = item.PublishedAt,
            Media = new Media
            {
                Badges = item.Badges,
                // The page shows that there is a picture, and says no more of it than the headline that stands in its place.
                Picture = item.HasPicture ? new MediaItem { Alt = item.Headline } : null,
            },
        };
}
