using System.Text.Json.Serialization;
using NewsPlatform.Contracts;

namespace NewsPlatform.Publishing.Articles;

/// <summary>What an article says, to readers and to editors.</summary>
public sealed record Copy : ArticleContent
{
    /// <summary>As events of the first release have it.</summary>
    [JsonInclude, JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    string? Byline
    {
        get => null;
        init => Bylines = value is null ? Bylines : [value];
    }

    /// <summary>For editors and for the trade; readers never have it.</summary>
    public string? EditorNote { get; init; }

    /// <summary>The article that this one is a translation of.</summary>
    public Guid? TranslationOf { get; init; }

    public IReadOnlyList<Guid> Featured { get; init; } = [];
    public IReadOnlyList<Guid> Related { get; init; } = [];

    /// <summary>The last part of the address that the editors chose; null lets the headline make it.</summary>
    public string? Slug { get; init; }
}
