using System.Xml;
using NewsPlatform.Contracts;
using NewsPlatform.Feed.Lines;
using NewsPlatform.Feed.Pages;
using NewsPlatform.Feed.Stories;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Syndication;

/// <summary>A story as feeds give it away: whole, and good to be read anywhere.</summary>
public sealed record Entry
{
    public required Guid Id { get; init; }

    /// <summary>Stays the same whatever becomes of its address.</summary>
    public string Urn => UrnOf(Id);

    public required string Url { get; init; }
    public required string Language { get; init; }
    public required string Title { get; init; }
    public required string Summary { get; init; }

    /// <summary>HTML whose addresses are whole: picture, body, media, rights and notes.</summary>
    public required string Html { get; init; }

    public required IReadOnlyList<string> Authors { get; init; }
    public required string Category { get; init; }
    public required IReadOnlyList<string> Keywords { get; init; }
    public string? Rights { get; init; }
    public required DateTimeOffset PublishedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Its picture first.</summary>
    public required IReadOnlyList<Medium> Media { get; init; }

    public static string UrnOf(Guid id) => $"urn:uuid:{id}";
}

/// <summary>A picture, video or sound of an entry.</summary>
/// <param name="Type">A media type, as far as its address tells; null where it does not.</param>
public sealed record Medium(MediaItem Item, string Url, string? Type)
{
    /// <summary>As Media RSS has it: image, video or audio.</summary>
    public string Kind => Item.Type switch { MediaType.Video => "video", MediaType.Audio => "audio", _ => "image" };
}

/// <summary>What was withdrawn from a line (RFC 6721).</summary>
/// <param name="Reason">Public; of what was withdrawn for good.</param>
public sealed record Tombstone(Guid Id, DateTimeOffset At, string? Reason);

/// <summary>Makes entries of stories.</summary>
public sealed class Entries(PortalOptions portal)
{
    static readonly Microsoft.AspNetCore.StaticFiles.FileExtensionContentTypeProvider types = new();

    public Entry Of(Story story)
    {
        var item = story.Item;
        var picture = item.Media.Picture is { } own ? Medium(own, Pictures.Address(item)) : null;
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

    static IEnumerable<MediaItem> Flat(IEnumerable<MediaItem> items) => items.SelectMany(item => item.Type == MediaType.Gallery ? item.Pictures ?? [] : [item]);

    Medium Medium(MediaItem item, string url) => new(
        item with { Alt = Xml(item.Alt), Caption = item.Caption is null ? null : Xml(item.Caption), Credit = item.Credit is null ? null : Xml(item.Credit) },
        portal.Absolute(url), Uri.TryCreate(portal.Absolute(url), UriKind.Absolute, out var address) && types.TryGetContentType(address.AbsolutePath, out var type) ? type : null);

    /// <summary>Without what no document of XML 1.0 can hold (section 2.2), so that one such character does not take the feed away from everybody.</summary>
    public static string Xml(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (!XmlConvert.IsXmlChar(text[i]) && !IsPair(text, ref i))
            {
                return string.Concat(Kept(text));
            }
        }
        return text;

        static IEnumerable<string> Kept(string text)
        {
            for (var i = 0; i < text.Length; i++)
            {
                var at = i;
                if (XmlConvert.IsXmlChar(text[i]))
                {
                    yield return text[i].ToString();
                }
                else if (IsPair(text, ref i))
                {
                    yield return text.Substring(at, 2);
                }
            }
        }

        static bool IsPair(string text, ref int at) => at + 1 < text.Length && XmlConvert.IsXmlSurrogatePair(text[at + 1], text[at]) && ++at > 0;
    }
}
