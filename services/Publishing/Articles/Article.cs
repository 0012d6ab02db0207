using System.Text.Json.Serialization;
using NewsPlatform.Contracts;

namespace NewsPlatform.Publishing.Articles;


/// <summary>What readers see of an article, or saw before it was withdrawn.</summary>
public sealed record Publication(Copy Copy, string Slug, DateTimeOffset PublishedAt, DateTimeOffset UpdatedAt, long Version, bool Imported)
{
    public PubStatus Status { get; init; } = PubStatus.Usable;

    /// <summary>Public, in the order in which they were added.</summary>
    public IReadOnlyList<Note> Notes { get; init; } = [];

    /// <summary>Public: why it is withdrawn.</summary>
    public string? Reason { get; init; }

    public IReadOnlyList<string> FormerSlugs { get; init; } = [];
}

/// <summary>What the trade has of an article that readers do not have before a time.</summary>
/// <param name="Lifted">It ended before its time; the trade is told no more than readers since.</param>
public sealed record Embargo(Copy Copy, string Slug, DateTimeOffset Until, bool Lifted = false);

/// <summary>What is to become public by itself, and when.</summary>
public sealed record Scheduled(Copy Copy, DateTimeOffset PublishAt);

/// <summary>Where an article is in its life; on the wire in lower case.</summary>
public enum ArticleState
{
    Draft,
    Submitted,
    Scheduled,
    Published,
    Unpublished,
    Killed,
}

/// <summary>An article as its events made it, with just enough to decide what may happen next.</summary>
public sealed record Article(Guid Id, long Version, Copy Copy, Publication? Public)
{
    public Scheduled? Scheduled { get; init; }

    public Embargo? Embargo { get; init; }

    /// <summary>When what is public, or scheduled to be, is to be taken down by itself.</summary>
    public DateTimeOffset? UnpublishAt { get; init; }

    /// <summary>Waits for an editor.</summary>
    public bool Submitted { get; init; }

    public bool Killed => KillReason is not null;

    /// <summary>Why it was withdrawn for good.</summary>
    public string? KillReason { get; init; }

    /// <summary>The import lines that this article already took in, so that a repeat changes nothing.</summary>
    public IReadOnlyList<string> ImportDigests { get; init; } = [];

    /// <summary>Who drafted it; no event says so in its body, so it is set by whoever reads the events.</summary>
    public string? Author { get; init; }

    /// <summary>An editor worked on it since it was imported.</summary>
    public bool Edited { get; init; }

    public ArticleState State =>
        this switch
        {
            { Killed: true } => ArticleState.Killed,
            { Scheduled: not null } => ArticleState.Scheduled,
            { Public.Status: PubStatus.Usable } => ArticleState.Published,
            { Public: not null } => ArticleState.Unpublished,
            { Submitted: true } => ArticleState.Submitted,
            _ => ArticleState.Draft,
        };

    /// <summary>
    /// Every copy of it, each in a place of its own: the working one, the public one, what is scheduled, what the trade was told.
    /// </summary>
    [JsonIgnore]
    public IReadOnlyList<Copy?> Copies => [Copy, Public?.Copy, Scheduled?.Copy, Embargo?.Copy];

    /// <summary>Shared by all translations: the id of the one that the others name.</summary>
    public Guid StoryId => Copy.TranslationOf ?? Id;

    public bool HasUnpublishedChanges => Public is null || !Same(Public.Copy, Copy);

    /// <summary>The article that those events make; null when there are none. Every event adds one to the version.</summary>
    public static Article? Fold(Guid id, IEnumerable<object> events) =>
        events.Aggregate<object, Article?>(null, (article, e) => Apply(id, article, e));

    public static Article? Apply(Guid id, Article? article, object e) =>
        (article, e) switch
        {
            (null, ArticleDrafted drafted) => new Article(id, 1, drafted.Copy, null)
            {
                ImportDigests = drafted.ImportDigest is { } digest ? [digest] : [],
                Edited = drafted.ImportDigest is null,
            },
            ({ } current, _)
                when (!current.Killed || e is ArticleMasked) && ArticleEvents.Describe(e.GetType()).Apply(current, e) is { } next =>
                next with
                {
                    Version = current.Version + 1,
                },
            _ => throw Alien(id, e),
        };

    /// <summary>The embargo with what the trade is told from now on.</summary>
    internal Embargo? RetoldEmbargo => Embargo is { Lifted: false } ? Embargo with { Copy = Copy } : Embargo;

    internal Article PutUnderEmbargo(ArticleEmbargoed e) =>
        this with
        {
            Embargo = new(Copy, e.Slug, e.Until),
            Scheduled = new(Copy, Scheduled?.PublishAt > e.Until ? Scheduled.PublishAt : e.Until),
            UnpublishAt = UnpublishAt > e.Until ? UnpublishAt : null,
            Submitted = false,
            Edited = true,
        };

    internal Article Publish(ArticlePublished e) =>
        this with
        {
            Public = MakePublic(e.Scheduled && Scheduled is not null ? Scheduled.Copy : Copy, e.Slug, e.UpdatedAt, null) with
            {
                PublishedAt = e.PublishedAt,
                Imported = e.Imported,
            },
            Scheduled = null,
            Embargo = null,
            UnpublishAt = e.Scheduled ? UnpublishAt : null,
            Submitted = false,
            Edited = Edited || !e.Imported,
        };

    /// <summary>What readers see from now on; the addresses that it had before still lead to it.</summary>
    internal Publication MakePublic(Copy copy, string slug, DateTimeOffset at, Note? note) =>
        new(copy, slug, Public?.PublishedAt ?? at, at, Version + 1, false)
        {
            Notes = note is null ? Public?.Notes ?? [] : [.. Public?.Notes ?? [], note],
            FormerSlugs = Public is null ? [] : [.. Public.FormerSlugs.Append(Public.Slug).Where(former => former != slug).Distinct()],
        };

    /// <summary>What readers had, withdrawn; null when they had nothing.</summary>
    internal Publication? Withdraw(PubStatus status, DateTimeOffset at, string? reason) =>
        Public is null ? null : Public with { Status = status, Version = Version + 1, UpdatedAt = at, Reason = reason };

    static InvalidOperationException Alien(Guid id, object e) =>
        new($"Article {id} cannot take {e.GetType().Name} in its state; the stream is not one of this release's.");

    /// <summary>Records compare lists by reference, so what an article says is compared as it is written.</summary>
    public static bool Same(Copy one, Copy other) =>
        ReferenceEquals(one, other) || System.Text.Json.JsonSerializer.Serialize(one) == System.Text.Json.JsonSerializer.Serialize(other);
}
