using System.Text.Json.Serialization;
using NewsPlatform.Contracts;
using NewsPlatform.Feed.Stories;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Syndication;

/// <summary>A news object as IPTC's ninjs 3.1 has it; what is null is left out.</summary>
public sealed record Ninjs
{
    /// <summary>What is null is left out: the schema knows no null.</summary>
    public static readonly System.Text.Json.JsonSerializerOptions Options = new(Ready.Content.Options)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public sealed record Standard(string Name, string Version, string Schema);

    /// <summary>A text with its role.</summary>
    public sealed record Text(string Role, string Value, string? ContentType = null);

    public sealed record Named(string Name, string? Rel = null, string? Literal = null);

    public sealed record InfoSource(string Name, string? Role = null);

    public sealed record Rendition(
        string Name,
        string Href,
        string? ContentType = null,
        int? Width = null,
        int? Height = null,
        double? Duration = null
    );

    /// <summary>Only what is associated with another object has one.</summary>
    public string? Name { get; init; }

    /// <summary>How it is associated.</summary>
    public string? Rel { get; init; }

    public required string Uri { get; init; }

    [JsonPropertyName("standard")]
    public Standard? Its { get; init; }

    public required string Type { get; init; }
    public string? RepresentationType { get; init; }
    public string? Version { get; init; }
    public DateTimeOffset? FirstCreated { get; init; }
    public DateTimeOffset? VersionCreated { get; init; }
    public string? PubStatus { get; init; }
    public int? Urgency { get; init; }
    public string? UsageTerms { get; init; }
    public string? EdNote { get; init; }
    public string? Language { get; init; }
    public string? Title { get; init; }
    public string? Slugline { get; init; }
    public string? By { get; init; }
    public string? Located { get; init; }
    public IReadOnlyList<Text>? Headlines { get; init; }
    public IReadOnlyList<Text>? Descriptions { get; init; }
    public IReadOnlyList<Text>? Bodies { get; init; }
    public IReadOnlyList<Named>? People { get; init; }
    public IReadOnlyList<Named>? Subjects { get; init; }
    public IReadOnlyList<Named>? Genres { get; init; }
    public IReadOnlyList<InfoSource>? InfoSources { get; init; }
    public IReadOnlyList<Rendition>? Renditions { get; init; }
    public IReadOnlyList<Ninjs>? Associations { get; init; }

    static readonly Standard standard = new("ninjs", "3.1", "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json#");

    /// <summary>The whole of a story.</summary>
    /// <param name="others">What it points to.</param>
    public static Ninjs Of(Story story, PortalOptions portal, params IEnumerable<Ninjs> others)
    {
        var item = story.Item;
        IEnumerable<Text> headlines =
        [
            new("main", item.Headline),
            .. item.ShortHeadline is null ? [] : new[] { new Text("short", item.ShortHeadline) },
        ];
        IEnumerable<Text> descriptions =
        [
            .. item.Summary.Length == 0 ? [] : new[] { new Text("summary", item.Summary, "text/plain") },
            .. story.Notes.Select(note => new Text(note.Kind, note.Text, "text/plain")),
        ];
        var body = story.CleanWhole(portal);
        IEnumerable<MediaItem> media = [.. item.Media.Picture is null ? [] : new[] { item.Media.Picture }, .. item.Media.Items];
        return new()
        {
            Uri = Entry.UrnOf(story.Id),
            Its = standard,
            Type = "text",
            RepresentationType = "full",
            Version = $"{item.Version}",
            FirstCreated = item.PublishedAt,
            VersionCreated = item.UpdatedAt,
            PubStatus = "usable",
            Urgency = item.Urgency,
            UsageTerms = story.Rights,
            EdNote = story.Notes is [.., var last] ? last.Text : null,
            Language = item.Language,
            Slugline = story.Slug,
            By = story.Bylines.Count == 0 ? null : string.Join(", ", story.Bylines),
            Located = story.Dateline,
            Headlines = [.. headlines],
            Descriptions = Some(descriptions),
            Bodies = body.Length == 0 ? null : [new("main", body, "text/html")],
            People = Some(story.Bylines.Select(name => new Named(name, "creator"))),
            Subjects =
            [
                new(portal.CategoryName(item.Category, item.Language), "category", item.Category),
                .. item.Keywords.Select(keyword => new Named(keyword, "keyword")),
            ],
            Genres = item.Breaking ? [new("breaking")] : null,
            InfoSources = story.Source is null ? null : [new(story.Source)],
            Renditions = [new("web", portal.Absolute(item.Url), "text/html")],
            Associations = Some(
                media
                    .Select((medium, at) => Of(medium, at == 0 && item.Media.Picture is not null ? "picture" : "media", at, item, portal))
                    .Concat(others)
            ),
        };
    }

    /// <summary>A line is a composite whose parts are its stories, each whole.</summary>
    public static Ninjs Of(string address, string title, string? language, IEnumerable<Story> stories, PortalOptions portal) =>
        new()
        {
            Uri = address,
            Its = standard,
            Type = "composite",
            RepresentationType = "full",
            Title = title,
            Language = language,
            Associations = [.. stories.Select((story, at) => Of(story, portal) with { Name = $"{at + 1}", Rel = "item" })],
        };

    static Ninjs Of(MediaItem medium, string rel, int at, LineItem item, PortalOptions portal)
    {
        var address = portal.Absolute(rel == "picture" ? PictureAddress.Of(item) : medium.Url ?? $"{item.Url}#media-{at}");
        return new()
        {
            Name = $"{rel}-{at + 1}",
            Rel = rel,
            Uri = address,
            Type = medium.Type switch
            {
                Contracts.MediaType.Video => "video",
                Contracts.MediaType.Audio => "audio",
                Contracts.MediaType.Gallery => "composite",
                _ => "picture",
            },
            By = string.IsNullOrEmpty(medium.Credit) ? null : medium.Credit,
            Descriptions = Some(
                new[] { ("alt", medium.Alt), ("caption", medium.Caption) }
                    .Where(text => !string.IsNullOrEmpty(text.Item2))
                    .Select(text => new Text(text.Item1, text.Item2!, "text/plain"))
            ),
            Renditions =
                medium.Type == Contracts.MediaType.Gallery
                    ? null
                    :
                    [
                        new("original", address, null, medium.Width, medium.Height, medium.Duration),
                        .. (medium.Renditions ?? []).Select(
                            (size, n) =>
                                new Rendition($"size-{n + 1}", portal.Absolute(size.Url), size.ContentType, size.Width, size.Height)
                        ),
                    ],
            Associations = medium.Pictures is null
                ? null
                : [.. medium.Pictures.Where(p => p.Url is not null).Select((picture, n) => Of(picture, "item", n, item, portal))],
        };
    }

    /// <summary>A story that another one points to: what a line shows of it, to go on from.</summary>
    public static Ninjs Partial(string rel, int at, Guid id, string language, string? headline, string address) =>
        new()
        {
            Name = $"{rel}-{at + 1}",
            Rel = rel,
            Uri = Entry.UrnOf(id),
            Type = "text",
            RepresentationType = "partial",
            Language = language,
            Headlines = headline is null ? null : [new("main", headline)],
            Renditions = [new("web", address, "text/html")],
        };

    static T[]? Some<T>(IEnumerable<T> items) => items.ToArray() is { Length: > 0 } some ? some : null;
}
