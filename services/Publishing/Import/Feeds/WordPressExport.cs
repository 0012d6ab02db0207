using System.Globalization;
using System.Xml.Linq;
using NewsPlatform.Contracts;
using NewsPlatform.Publishing.Import.Items;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Import.Feeds;

/// <summary>
/// WordPress's export (WXR): an RSS channel whose items are posts, pages, pictures and WordPress's own furniture in the order of the
/// database. Posts are taken; of pictures is remembered what a post may show.
/// </summary>
public sealed class WordPressExport(Edition edition, Thumbnails thumbnails)
{
    /// <summary>Whether a name is WordPress's own, of whatever version, by whatever scheme.</summary>
    public static bool IsOwn(string space) =>
        space.IndexOf("://", StringComparison.Ordinal) is > 0 and var at
        && space.AsSpan(at + 3) is var address
        && (address.StartsWith("www.", StringComparison.OrdinalIgnoreCase) ? address[4..] : address).StartsWith(
            "wordpress.org/export/",
            StringComparison.OrdinalIgnoreCase
        );

    /// <summary>An item that says a state of WordPress's is read as WordPress's, so that a draft in it stays one.</summary>
    public static bool IsOwn(XElement item) =>
        item.Elements()
            .Any(e => IsOwn(e.Name.NamespaceName) && e.Name.LocalName is "status" or "post_type" or "post_password" or "post_id");

    static readonly XNamespace content = "http://purl.org/rss/1.0/modules/content/";
    static readonly XNamespace dc = "http://purl.org/dc/elements/1.1/";

    /// <summary>As many as are remembered.</summary>
    const int MaxAuthors = 100_000;

    readonly Dictionary<string, string> authors = [];
    string? language,
        link;

    /// <summary>The picture of the post that was taken last.</summary>
    public Thumbnail? LastThumbnail { get; set; }

    /// <summary>How to read a post, or why it is not taken; null for what is no text of its own.</summary>
    public Func<ImportItem>? Take(XElement element)
    {
        switch (element.Name.LocalName)
        {
            case "item":
                return Said(element, "post_type") switch
                {
                    "attachment" => Remember(element),
                    "nav_menu_item" or "revision" or "custom_css" or "customize_changeset" or "oembed_cache" or "user_request" => null,
                    ['w', 'p', '_', ..] => null,
                    "post" => TakePost(element),
                    var other => () =>
                        throw ProblemException.BadRequest(
                            "wp:post_type",
                            $"a '{other}' is no post: {Html.Text((string?)element.Element("title"))}"
                        ),
                };
            case "language":
                language = element.Value;
                break;
            case "link":
                link = element.Value.Trim();
                break;
            case "author" when Said(element, "author_login") is { } login && authors.Count < MaxAuthors:
                authors[login] = Said(element, "author_display_name") is { Length: > 0 } name ? name : login;
                break;
        }
        return null;
    }

    Func<ImportItem>? Remember(XElement attachment)
    {
        if (Said(attachment, "post_id") is { } id && Said(attachment, "attachment_url") is { } url)
        {
            thumbnails.Know(
                id,
                new MediaItem
                {
                    Url = url,
                    Alt = Html.Text(Meta(attachment, "_wp_attachment_image_alt")),
                    Caption = Html.Text(Excerpt(attachment)) is { Length: > 0 } caption ? Html.Cut(caption, 2_000) : null,
                }
            );
        }
        return null;
    }

    Func<ImportItem> TakePost(XElement post)
    {
        var (itsLanguage, itsSite) = (language, link);
        var thumbnail = LastThumbnail = thumbnails.Of(Meta(post, "_thumbnail_id"));
        var login = Html.Text((string?)post.Element(dc + "creator"));
        var byline = authors.GetValueOrDefault(login, login);
        return () => Read(post, itsLanguage, itsSite, thumbnail?.Picture, byline).For(edition);
    }

    FeedItem Read(XElement post, string? channelLanguage, string? site, MediaItem? picture, string byline)
    {
        var status = Said(post, "status");
        if (Said(post, "post_password") is { Length: > 0 })
        {
            throw ProblemException.BadRequest("wp:post_password", "a post behind a password is not imported");
        }
        if (status is not ("publish" or "draft" or "pending" or "private" or "future"))
        {
            throw ProblemException.BadRequest("wp:status", $"a post that is '{status}' is not imported");
        }
        var page = (string?)post.Element("link");
        return new()
        {
            Identity = (string?)post.Element("guid") is { Length: > 0 } guid ? guid : page,
            Site = site,
            Address = Syndicated.Address(page, site),
            Headline = Html.Text((string?)post.Element("title")),
            Body = Html.Body(
                Shortcodes.Resolve((string?)post.Element(content + "encoded") ?? ""),
                Uri.TryCreate(page, UriKind.Absolute, out var address) ? address : null,
                linesAreBreaks: true
            ),
            Summary = Html.Text(Shortcodes.Resolve(Excerpt(post) ?? "")),
            Bylines = byline.Length > 0 ? [byline] : [],
            Language = edition.Language(channelLanguage),
            Labels = Labels(post),
            PublishedAt = Gmt(post, "post_date_gmt") ?? (status == "publish" ? PubDate(post) ?? Local(post, "post_date") : null),
            UpdatedAt = Gmt(post, "post_modified_gmt") ?? (status == "publish" ? Local(post, "post_modified") : null),
            Picture = picture,
            Draft = status != "publish",
        };
    }

    /// <summary>Categories before tags, without the one that WordPress gives to posts that have none.</summary>
    static IEnumerable<FeedLabel> Labels(XElement post) =>
        post.Elements("category")
            .Where(c => (string?)c.Attribute("domain") is "category" or "post_tag" && (string?)c.Attribute("nicename") != "uncategorized")
            .OrderBy(c => (string?)c.Attribute("domain") == "post_tag")
            .Take(Syndicated.MaxNames)
            .Select(c => new FeedLabel(Html.Text(c.Value), (string?)c.Attribute("nicename")));

    /// <summary>WordPress writes zeros where it knows no time.</summary>
    static DateTimeOffset? Gmt(XElement post, string name) =>
        DateTimeOffset.TryParseExact(
            Said(post, name),
            "yyyy-MM-dd HH:mm:ss",
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var time
        )
            ? time
            : null;

    /// <summary>By the clock of the portal, which is the best that can be known of a blog's own.</summary>
    DateTimeOffset? Local(XElement post, string name) =>
        DateTime.TryParseExact(Said(post, name), "yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? LocalTime.ToUtc(time, edition.Portal.Zone)
            : null;

    static DateTimeOffset? PubDate(XElement post) =>
        (string?)post.Element("pubDate") is { Length: > 0 } said && !said.Contains("-0001", StringComparison.Ordinal)
            ? FeedTime.Of("pubDate", said)
            : null;

    static string? Said(XElement element, string name) =>
        element.Elements().FirstOrDefault(e => e.Name.LocalName == name && IsOwn(e.Name.NamespaceName))?.Value.Trim();

    static string? Excerpt(XElement element) =>
        element.Elements().FirstOrDefault(e => e.Name.LocalName == "encoded" && IsOwn(e.Name.NamespaceName))?.Value;

    static string? Meta(XElement element, string key) =>
        element.Elements().Where(e => e.Name.LocalName == "postmeta").FirstOrDefault(e => Said(e, "meta_key") == key) is { } meta
            ? Said(meta, "meta_value")
            : null;
}
