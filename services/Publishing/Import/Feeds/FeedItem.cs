using NewsPlatform.Contracts;
using NewsPlatform.Publishing.Articles;
using NewsPlatform.Publishing.Import.Items;

namespace NewsPlatform.Publishing.Import.Feeds;

/// <summary>What every kind of feed says of an item, in the words of none of them.</summary>
public sealed record FeedItem
{
    /// <summary>What the feed calls it; unique in the world when it is an absolute address, else only within <see cref="Site"/>.</summary>
    public string? Identity { get; init; }

    public string? Site { get; init; }

    /// <summary>Of its own page.</summary>
    public Uri? Address { get; init; }

    /// <summary>Plain text.</summary>
    public required string Headline { get; init; }

    public string Summary { get; init; } = "";
    public string Body { get; init; } = "";
    public IReadOnlyList<string> Bylines { get; init; } = [];
    public required string Language { get; init; }
    public IEnumerable<FeedLabel> Labels { get; init; } = [];
    public DateTimeOffset? PublishedAt { get; init; }
    public DateTimeOffset? UpdatedAt { get; init; }
    public MediaItem? Picture { get; init; }
    public bool Draft { get; init; }

    public ImportItem For(Edition edition)
    {
        var (category, keywords) = edition.Sort(Labels);
        var surplus = new Surplus();
        return new()
        {
            Id = Id(),
            Headline = surplus.Text("headline", Headline, CopyRules.MaxHeadline),
            Summary = surplus.Text("summary", Summary, CopyRules.MaxSummary),
            Body = Body,
            Category = category,
            Language = Language,
            Keywords = surplus.List("keywords", keywords, CopyRules.MaxKeywords, CopyRules.MaxKeyword),
            Bylines = Bylines is [] ? null : surplus.List("bylines", Bylines, CopyRules.MaxBylines, CopyRules.MaxName),
            PublishedAt = Draft ? null : PublishedAt?.ToUniversalTime(),
            UpdatedAt = Draft || UpdatedAt <= PublishedAt ? null : UpdatedAt?.ToUniversalTime(),
            Draft = Draft,
            Media = Picture?.Url is { } url && IsWeb(url) ? new Media { Picture = Cut(Picture, surplus) } : null,
            Note = surplus.Note,
        };
    }

    /// <summary>
    /// An id that the item brought along, or one that follows from its name; null leaves it to language, headline and time.
    /// </summary>
    Guid? Id()
    {
        if (string.IsNullOrWhiteSpace(Identity))
        {
            return null;
        }
        var name = Identity.Trim();
        if (Guid.TryParseExact(name.StartsWith("urn:uuid:", StringComparison.OrdinalIgnoreCase) ? name[9..] : name, "D", out var id))
        {
            return id;
        }
        return ImportItem.IdOf(Uri.TryCreate(name, UriKind.Absolute, out var address) && !address.IsFile ? name : $"{Site}\n{name}");
    }

    MediaItem Cut(MediaItem picture, Surplus surplus) =>
        picture with
        {
            Alt = surplus.Text("media.picture.alt", picture.Alt.Length > 0 ? picture.Alt : Headline, MediaRules.MaxAlt),
            Caption = picture.Caption is { } caption ? surplus.Text("media.picture.caption", caption, MediaRules.MaxCaption) : null,
            Credit = picture.Credit is { } credit ? surplus.Text("media.picture.credit", credit, CopyRules.MaxName) : null,
        };

    static bool IsWeb(string url) => Uri.TryCreate(url, UriKind.Absolute, out var address) && address.Scheme is "http" or "https";
}
