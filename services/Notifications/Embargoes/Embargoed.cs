using System.Text.Json.Serialization;
using Marten;
using NewsPlatform.Contracts;

namespace NewsPlatform.Notifications.Embargoes;

/// <summary>What the trade was told last of an article that was or is under embargo.</summary>
public sealed record Embargoed
{
    /// <summary>The article's.</summary>
    public required Guid Id { get; init; }

    public required PublicArticle Article { get; init; }

    /// <summary>Not to be passed on before; a time that is past says that it is free.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? EmbargoedUntil { get; init; }

    /// <summary>For editors, not for readers.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? EditorNote { get; init; }

    /// <summary>Why it is withdrawn for good: not to be passed on at all.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Withdrawn { get; init; }

    /// <summary>When this service heard of it, by which it is listed.</summary>
    public required DateTimeOffset ChangedAt { get; init; }

    public static void Configure(StoreOptions options) =>
        options.Schema.For<Embargoed>().UseNumericRevisions(true).Duplicate(e => e.ChangedAt, pgType: "timestamptz", notNull: true);
}
