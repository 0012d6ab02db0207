using System.Collections.Frozen;
using NewsPlatform.Contracts;
using static NewsPlatform.Publishing.Articles.ArticleEventDescription;

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

/// <summary>
/// Personal data was masked in all that was stored of the article before. This is the trace of it: who, when, why and in which fields, but
/// never what.
/// </summary>
/// <param name="Fields">See <see cref="Masking.Fields"/>.</param>
/// <param name="Public">It stood in what readers have, or had before it was withdrawn; they are sent its present state.</param>
public sealed record ArticleMasked(DateTimeOffset MaskedAt, string Reason, IReadOnlyList<string> Fields, bool Public);

/// <summary>The one place that says what each event of an article means. A new one is a record above and an entry here.</summary>
public static class ArticleEvents
{
    public static readonly IReadOnlyList<ArticleEventDescription> All =
    [
        // An article is begun once.
        Of<ArticleDrafted>("article_drafted", Audience.Desk, (_, _) => null, copy: e => e.Copy),
        Of<ArticleRevised>(
            "article_revised",
            Audience.Desk,
            (article, e) =>
                article with
                {
                    Copy = e.Copy,
                    ImportDigests = e.ImportDigest is { } digest ? [.. article.ImportDigests, digest] : article.ImportDigests,
                    Edited = article.Edited || e.ImportDigest is null,
                },
            copy: e => e.Copy
        ),
        Of<ArticleSubmitted>(
            "article_submitted",
            Audience.Desk,
            (article, _) => article with { Submitted = true, Edited = true },
            note: e => e.Note
        ),
        Of<ArticleReturned>(
            "article_returned",
            Audience.Desk,
            (article, _) => article with { Submitted = false, Edited = true },
            note: e => e.Note
        ),
        Of<ArticleScheduled>("article_scheduled", Audience.EmbargoAccess, (article, e) =>
            article with
            {
                Scheduled = new(article.Copy, e.PublishAt),
                UnpublishAt = e.UnpublishAt,
                Embargo = article.RetoldEmbargo,
                Submitted = false,
                Edited = true,
            }
        ),
        Of<ArticleUnscheduled>("article_unscheduled", Audience.Desk, (article, _) => article with { Scheduled = null, UnpublishAt = null }),
        Of<ArticleEmbargoed>("article_embargoed", Audience.EmbargoAccess, (article, e) => article.PutUnderEmbargo(e), slug: e => e.Slug),
        Of<EmbargoLifted>("embargo_lifted", Audience.EmbargoAccess, (article, e) =>
            article.Embargo is null ? null : article with { Embargo = article.Embargo with { Until = e.At, Lifted = true } }
        ),
        Of<ScheduledCopyCorrected>(
            "scheduled_copy_corrected",
            Audience.EmbargoAccess,
            (article, _) =>
                article.Scheduled is null
                    ? null
                    : article with
                    {
                        Scheduled = article.Scheduled with { Copy = article.Copy },
                        Embargo = article.RetoldEmbargo,
                    },
            note: e => e.Note
        ),
        Of<ArticlePublished>("article_published", Audience.Readers, (article, e) => article.Publish(e), slug: e => e.Slug),
        Of<ArticleUpdated>(
            "article_updated",
            Audience.Readers,
            (article, e) =>
                article with
                {
                    Public = article.MakePublic(
                        article.Copy,
                        e.Slug,
                        e.UpdatedAt,
                        e.Note is { } note ? new("update", e.UpdatedAt, note) : null
                    ),
                },
            note: e => e.Note,
            slug: e => e.Slug
        ),
        Of<ArticleCorrected>(
            "article_corrected",
            Audience.Readers,
            (article, e) =>
                article with
                {
                    Public = article.MakePublic(article.Copy, e.Slug, e.UpdatedAt, new("correction", e.UpdatedAt, e.Note)),
                },
            note: e => e.Note,
            slug: e => e.Slug
        ),
        Of<ArticleUnpublished>(
            "article_unpublished",
            Audience.Readers,
            (article, e) =>
                article.Withdraw(PubStatus.Withheld, e.UpdatedAt, e.Note) is { } withheld
                    ? article with
                    {
                        Public = withheld,
                        UnpublishAt = null,
                        Edited = true,
                    }
                    : null,
            note: e => e.Note
        ),
        Of<ArticleKilled>(
            "article_killed",
            Audience.Readers | Audience.EmbargoAccess,
            (article, e) =>
                article with
                {
                    KillReason = e.Reason,
                    Public = article.Withdraw(PubStatus.Canceled, e.UpdatedAt, e.Reason),
                    Scheduled = null,
                    UnpublishAt = null,
                    Submitted = false,
                },
            note: e => e.Reason
        ),
        Of<ArticleMasked>(
            "article_masked",
            Audience.Readers | Audience.EmbargoAccess,
            (article, e) =>
                article with
                {
                    Public =
                        e.Public && article.Public is { } before
                            ? before with
                            {
                                Version = article.Version + 1,
                                UpdatedAt = e.MaskedAt,
                            }
                            : article.Public,
                    Edited = true,
                },
            note: e => e.Reason
        ),
    ];

    static readonly FrozenDictionary<Type, ArticleEventDescription> byType = All.ToFrozenDictionary(description => description.Type);

    /// <exception cref="InvalidOperationException">It is no event of an article.</exception>
    public static ArticleEventDescription Describe(Type type) =>
        byType.GetValueOrDefault(type) ?? throw new InvalidOperationException($"{type.Name} is no event of an article.");

    /// <summary>The name that it is stored under.</summary>
    public static string NameOf<TEvent>() => Describe(typeof(TEvent)).Name;
}
