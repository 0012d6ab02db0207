using System.Text.Json.Serialization;
using NewsPlatform.Contracts;

namespace NewsPlatform.Publishing.Articles;

/// <summary>An article was begun. <see cref="ImportDigest"/> is the digest of the import line that it came from.</summary>
public sealed record ArticleDrafted(Copy Copy, string? ImportDigest = null);

/// <summary>The working copy was replaced; what readers see was not.</summary>
public sealed record ArticleRevised(Copy Copy, string? ImportDigest = null);

/// <summary>Its author holds the working copy to be ready.</summary>
public sealed record ArticleSubmitted(string? Note);

/// <summary>An editor gave it back to its author.</summary>
public sealed record ArticleReturned(string Note);

/// <summary>
/// The working copy of this moment is to become public at a time, and may be taken down at another; later revisions are not meant.
/// </summary>
public sealed record ArticleScheduled(DateTimeOffset PublishAt, DateTimeOffset? UnpublishAt);

/// <summary>
/// The working copy of this moment is told to the trade now and is not for readers before a time. It becomes public by itself then, or
/// later if it is scheduled so.
/// </summary>
public sealed record ArticleEmbargoed(string Slug, DateTimeOffset Until);

/// <summary>It may become public before the time that its embargo was to end.</summary>
public sealed record EmbargoLifted(DateTimeOffset At);

/// <summary>It is not to become public by itself any more.</summary>
public sealed record ArticleUnscheduled;

/// <summary>The working copy of this moment replaced what is scheduled.</summary>
public sealed record ScheduledCopyCorrected(string Note);

/// <summary>The working copy of this moment, or for <paramref name="Scheduled"/> what was scheduled, became what readers see.</summary>
/// <param name="PublishedAt">When readers first had the article; later versions keep it.</param>
/// <param name="UpdatedAt">When this version became public.</param>
/// <param name="Imported">It came from an archive and is no news.</param>
public sealed record ArticlePublished(
    string Slug,
    DateTimeOffset PublishedAt,
    DateTimeOffset UpdatedAt,
    bool Imported = false,
    bool Scheduled = false
);

/// <summary>The working copy of this moment became what readers see, for its new facts.</summary>
public sealed record ArticleUpdated(string Slug, DateTimeOffset UpdatedAt, string? Note);

/// <summary>The working copy of this moment became what readers see, for what it mends.</summary>
public sealed record ArticleCorrected(string Slug, DateTimeOffset UpdatedAt, string Note);

/// <summary>Readers have it no more; it may return.</summary>
public sealed record ArticleUnpublished(DateTimeOffset UpdatedAt, string? Note);

/// <summary>It is withdrawn for good, and the public is told why.</summary>
public sealed record ArticleKilled(DateTimeOffset UpdatedAt, string Reason);

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
            ({ } current, _) when !current.Killed || e is ArticleMasked => current.Apply(e) with { Version = current.Version + 1 },
            _ => throw Alien(id, e),
        };

    Article Apply(object e) =>
        e switch
        {
            ArticleRevised revised => this with
            {
                Copy = revised.Copy,
                ImportDigests = revised.ImportDigest is { } digest ? [.. ImportDigests, digest] : ImportDigests,
                Edited = Edited || revised.ImportDigest is null,
            },
            ArticleSubmitted => this with { Submitted = true, Edited = true },
            ArticleReturned => this with { Submitted = false, Edited = true },
            ArticleScheduled scheduled => this with
            {
                Scheduled = new(Copy, scheduled.PublishAt),
                UnpublishAt = scheduled.UnpublishAt,
                Embargo = Retold,
                Submitted = false,
                Edited = true,
            },
            ArticleEmbargoed embargoed => this with
            {
                Embargo = new(Copy, embargoed.Slug, embargoed.Until),
                Scheduled = new(Copy, Scheduled?.PublishAt > embargoed.Until ? Scheduled.PublishAt : embargoed.Until),
                UnpublishAt = UnpublishAt > embargoed.Until ? UnpublishAt : null,
                Submitted = false,
                Edited = true,
            },
            EmbargoLifted lifted when Embargo is not null => this with { Embargo = Embargo with { Until = lifted.At, Lifted = true } },
            ArticleUnscheduled => this with { Scheduled = null, UnpublishAt = null },
            ScheduledCopyCorrected when Scheduled is not null => this with { Scheduled = Scheduled with { Copy = Copy }, Embargo = Retold },
            ArticlePublished published => this with
            {
                Public = Made(
                    published.Scheduled && Scheduled is not null ? Scheduled.Copy : Copy,
                    published.Slug,
                    published.UpdatedAt,
                    null
                ) with
                {
                    PublishedAt = published.PublishedAt,
                    Imported = published.Imported,
                },
                Scheduled = null,
                Embargo = null,
                UnpublishAt = published.Scheduled ? UnpublishAt : null,
                Submitted = false,
                Edited = Edited || !published.Imported,
            },
            ArticleUpdated updated => this with
            {
                Public = Made(
                    Copy,
                    updated.Slug,
                    updated.UpdatedAt,
                    updated.Note is { } note ? new("update", updated.UpdatedAt, note) : null
                ),
            },
            ArticleCorrected corrected => this with
            {
                Public = Made(Copy, corrected.Slug, corrected.UpdatedAt, new("correction", corrected.UpdatedAt, corrected.Note)),
            },
            ArticleUnpublished unpublished when Public is not null => this with
            {
                Public = Public with
                {
                    Status = PubStatus.Withheld,
                    Version = Version + 1,
                    UpdatedAt = unpublished.UpdatedAt,
                    Reason = unpublished.Note,
                },
                UnpublishAt = null,
                Edited = true,
            },
            ArticleKilled killed => this with
            {
                KillReason = killed.Reason,
                Public = Public is null
                    ? null
                    : Public with
                    {
                        Status = PubStatus.Canceled,
                        Version = Version + 1,
                        UpdatedAt = killed.UpdatedAt,
                        Reason = killed.Reason,
                    },
                Scheduled = null,
                UnpublishAt = null,
                Submitted = false,
            },
            ArticleMasked masked => this with
            {
                Public = masked.Public && Public is not null ? Public with { Version = Version + 1, UpdatedAt = masked.MaskedAt } : Public,
                Edited = true,
            },
            _ => throw Alien(Id, e),
        };

    /// <summary>The embargo with what the trade is told from now on.</summary>
    Embargo? Retold => Embargo is { Lifted: false } ? Embargo with { Copy = Copy } : Embargo;

    /// <summary>What readers see from now on; the addresses that it had before still lead to it.</summary>
    Publication Made(Copy copy, string slug, DateTimeOffset at, Note? note) =>
        new(copy, slug, Public?.PublishedAt ?? at, at, Version + 1, false)
        {
            Notes = note is null ? Public?.Notes ?? [] : [.. Public?.Notes ?? [], note],
            FormerSlugs = Public is null ? [] : [.. Public.FormerSlugs.Append(Public.Slug).Where(former => former != slug).Distinct()],
        };

    static InvalidOperationException Alien(Guid id, object e) =>
        new($"Article {id} cannot take {e.GetType().Name} in its state; the stream is not one of this release's.");

    /// <summary>Records compare lists by reference, so what an article says is compared as it is written.</summary>
    public static bool Same(Copy one, Copy other) =>
        ReferenceEquals(one, other) || System.Text.Json.JsonSerializer.Serialize(one) == System.Text.Json.JsonSerializer.Serialize(other);
}
