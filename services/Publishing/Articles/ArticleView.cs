using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;
using NewsPlatform.Contracts;

namespace NewsPlatform.Publishing.Articles;

/// <summary>An article as its editors see it: the working copy, and what of it is public.</summary>
public sealed record ArticleView : ArticleContent
{
    public ArticleView() { }

    [SetsRequiredMembers]
    ArticleView(Article article)
        : base(article.Copy)
    {
        Id = article.Id;
        Version = article.Version;
        State = article.State.Word();
        Allowed = LifeCycle.Allowed(article.State);
        PubStatus = article.Killed ? "canceled" : article.Public?.Status.ToString().ToLowerInvariant();
        EditorNote = article.Copy.EditorNote;
        TranslationOf = article.Copy.TranslationOf;
        Featured = article.Copy.Featured;
        Related = article.Copy.Related;
        PublicVersion = article.Public?.Version;
        HasUnpublishedChanges = article.HasUnpublishedChanges;
        PublishAt = article.Scheduled?.PublishAt;
        EmbargoedUntil = article.Killed ? null : article.Embargo?.Until;
        UnpublishAt = article.UnpublishAt;
        Notes = article.Public?.Notes ?? [];
        Reason = article.Public?.Reason;
        PublishedAt = article.Public?.PublishedAt;
        UpdatedAt = article.Public?.UpdatedAt;
        Url = UrlOf(article);
    }

    [JsonPropertyOrder(MemberOrder.Identity)]
    public required Guid Id { get; init; }

    /// <summary>Of the article, and its ETag; every event adds one.</summary>
    [JsonPropertyOrder(MemberOrder.Identity)]
    public required long Version { get; init; }

    /// <summary><c>draft</c>, <c>submitted</c>, <c>scheduled</c>, <c>published</c>, <c>unpublished</c> or <c>killed</c>.</summary>
    [JsonPropertyOrder(MemberOrder.Identity)]
    public required string State { get; init; }

    /// <summary>The acts that the state allows.</summary>
    [JsonPropertyOrder(MemberOrder.Identity)]
    public required IReadOnlyList<string> Allowed { get; init; }

    /// <summary>As in ninjs 3.1; null for what was never public.</summary>
    [JsonPropertyOrder(MemberOrder.Identity)]
    public string? PubStatus { get; init; }

    /// <summary>All of <c>bylines</c> in one line.</summary>
    [JsonPropertyOrder(MemberOrder.Byline)]
    public string? Byline => Bylines.Count == 0 ? null : string.Join(", ", Bylines);

    /// <summary>For editors and for the trade; readers never have it.</summary>
    public string? EditorNote { get; init; }
    public Guid? TranslationOf { get; init; }
    public required IReadOnlyList<Guid> Featured { get; init; }
    public required IReadOnlyList<Guid> Related { get; init; }

    /// <summary>The version that readers see.</summary>
    public long? PublicVersion { get; init; }

    /// <summary>The working copy says something that readers do not see yet.</summary>
    public required bool HasUnpublishedChanges { get; init; }

    /// <summary>When it is to become public by itself.</summary>
    public DateTimeOffset? PublishAt { get; init; }

    /// <summary>Until then only the trade has it.</summary>
    public DateTimeOffset? EmbargoedUntil { get; init; }

    /// <summary>When it is to be taken down by itself.</summary>
    public DateTimeOffset? UnpublishAt { get; init; }

    /// <summary>What readers are told about it.</summary>
    public required IReadOnlyList<Note> Notes { get; init; }

    /// <summary>Why it is withdrawn.</summary>
    public string? Reason { get; init; }

    /// <summary>Where the act was on all translations: what became of the others.</summary>
    public IReadOnlyList<TranslationView>? Translations { get; init; }

    public DateTimeOffset? PublishedAt { get; init; }
    public DateTimeOffset? UpdatedAt { get; init; }

    /// <summary>The page, relative to the portal's root.</summary>
    public string? Url { get; init; }

    /// <summary>Who works on it; only where the article is read, and only while somebody says so.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public ArticleLock? Lock { get; init; }

    public static ArticleView Of(Article article) => new(article);

    public static string? UrlOf(Article article) => article.Public is { } p ? $"/{p.Copy.Language}/{p.Copy.Category}/{p.Slug}" : null;
}

/// <summary>Another article of the same story.</summary>
public sealed record TranslationView(Guid Id, string Language, long Version, string State)
{
    public static TranslationView Of(Article article) => new(article.Id, article.Copy.Language, article.Version, article.State.Word());
}
