using System.Xml;
using Microsoft.AspNetCore.StaticFiles;
using NewsPlatform.Contracts;
using NewsPlatform.Feed.Stories;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Syndication;

/// <summary>Makes entries of stories.</summary>
public sealed class Entries(PortalOptions portal)
{
    static readonly FileExtensionContentTypeProvider types = new();

    public Entry Of(Story story)
    {
        var item = story.Item;
        var picture = item.Media.Picture is { } own ? Medium(own, PictureAddress.Of(item)) : null;
        var media = Flat(item.Media.Items).Where(m => m.Url is not null).Select(m => Medium(m, m.Url!)).ToList();
        return new()
        {
            Id = story.Id,
            Url = portal.Absolute(item.Url),
            Language = item.Language,
            Title = Xml(item.Headline),
            Summary = Xml(item.Summary),
            Html = Xml(StoryHtml.Of(story, picture, media, portal)),
            Authors = [.. story.Bylines.Select(Xml)],
            Category = Xml(portal.CategoryName(item.Category, item.Language)),
            Keywords = [.. item.Keywords.Select(Xml)],
            Rights = story.Rights is null ? null : Xml(story.Rights),
            PublishedAt = item.PublishedAt,
            UpdatedAt = item.UpdatedAt,
            Media = picture is null ? media : [picture, .. media],
        };
    }

    static IEnumerable<MediaItem> Flat(IEnumerable<MediaItem> items) =>
        items.SelectMany(item => item.Type == MediaType.Gallery ? item.Pictures ?? [] : [item]);

    Medium Medium(MediaItem item, string url) =>
        new(
            item with
            {
                Alt = Xml(item.Alt),
                Caption = item.Caption is null ? null : Xml(item.Caption),
                Credit = item.Credit is null ? null : Xml(item.Credit),
            },
            portal.Absolute(url),
            Uri.TryCreate(portal.Absolute(url), UriKind.Absolute, out var address)
            && types.TryGetContentType(address.AbsolutePath, out var type)
                ? type
                : null
        );

    /// <summary>
    /// Without what no document of XML 1.0 can hold (section 2.2), so that one such character does not take the feed away from everybody.
    /// </summary>
    public static string Xml(string text) =>
        text.All(XmlConvert.IsXmlChar)
            ? text
            : string.Concat(text.EnumerateRunes().Where(rune => !rune.IsBmp || XmlConvert.IsXmlChar((char)rune.Value)));
}
