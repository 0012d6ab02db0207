using NewsPlatform.Contracts;

namespace NewsPlatform.Publishing.Articles;

/// <summary>What an article says.</summary>
public sealed record Copy
{
    public required string Headline { get; init; }
    public string Summary { get; init; } = "";

    /// <summary>Clean HTML.</summary>
    public string Body { get; init; } = "";

    public required string Category { get; init; }
    public required string Language { get; init; }
    public IReadOnlyList<string> Keywords { get; init; } = [];
    public int Urgency { get; init; } = 5;
    public bool Breaking { get; init; }
    public Media Media { get; init; } = new();
    public string? Byline { get; init; }
    public string? Source { get; init; }

    /// <summary>The article that this one is a translation of.</summary>
    public Guid? TranslationOf { get; init; }

    public IReadOnlyList<Guid> Featured { get; init; } = [];
}

/// <summary>An article was begun. <see cref="ImportDigest"/> is the digest of the import line that it came from.</summary>
public sealed record ArticleDrafted(Copy Copy, string? ImportDigest = null);

/// <summary>The working copy was replaced; what readers see was not.</summary>
public sealed record ArticleRevised(Copy Copy, string? ImportDigest = null);

/// <summary>The working copy of this moment became what readers see.</summary>
/// <param name="PublishedAt">When readers first had the article; later versions keep it.</param>
/// <param name="UpdatedAt">When this version became public.</param>
/// <param name="Imported">It came from an archive and is no news.</param>
public sealed record ArticlePublished(string Slug, DateTimeOffset PublishedAt, DateTimeOffset UpdatedAt, bool Imported = false);

/// <summary>What readers see of an article.</summary>
public sealed record Publication(Copy Copy, string Slug, DateTimeOffset PublishedAt, DateTimeOffset UpdatedAt, long Version, bool Imported);

/// <summary>An article as its events made it, with just enough to decide what may happen next.</summary>
public sealed record Article(Guid Id, long Version, Copy Copy, Publication? Public)
{
    /// <summary>The import lines that this article already took in, so that a repeat changes nothing.</summary>
    public IReadOnlyList<string> ImportDigests { get; init; } = [];

    /// <summary>An editor worked on it since it was imported.</summary>
    public bool Edited { get; init; }

    public bool HasUnpublishedChanges => Public is null || Public.Copy != Copy && !Same(Public.Copy, Copy);

    /// <summary>The article that those events make; null when there are none. Every event adds one to the version.</summary>
    public static Article? Fold(Guid id, IEnumerable<object> events) => events.Aggregate<object, Article?>(null, (article, e) => Apply(id, article, e));

    public static Article? Apply(Guid id, Article? article, object e) => (article, e) switch
    {
        (null, ArticleDrafted drafted) => new Article(id, 1, drafted.Copy, null)
        {
            ImportDigests = drafted.ImportDigest is { } digest ? [digest] : [],
            Edited = drafted.ImportDigest is null,
        },
        ({ } current, ArticleRevised revised) => current with
        {
            Version = current.Version + 1,
            Copy = revised.Copy,
            ImportDigests = revised.ImportDigest is { } digest ? [.. current.ImportDigests, digest] : current.ImportDigests,
            Edited = current.Edited || revised.ImportDigest is null,
        },
        ({ } current, ArticlePublished published) => current with
        {
            Version = current.Version + 1,
            Public = new(current.Copy, published.Slug, published.PublishedAt, published.UpdatedAt, current.Version + 1, published.Imported),
        },
        _ => throw new InvalidOperationException($"Article {id} cannot take {e.GetType().Name} in its state; the stream is not one of this release's."),
    };

    /// <summary>Records compare lists by reference, so what an article says is compared as it is written.</summary>
    public static bool Same(Copy one, Copy other) =>
        System.Text.Json.JsonSerializer.Serialize(one) == System.Text.Json.JsonSerializer.Serialize(other);
}
