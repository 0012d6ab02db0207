using System.ComponentModel.DataAnnotations;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace NewsPlatform.Contracts;

/// <summary>All that an article says to readers: what a line shows of it, and its details.</summary>
public abstract record ArticleContent : ArticleDetails
{
    protected ArticleContent() { }

    /// <summary>The content put together again of what a line shows and of the rest.</summary>
    [SetsRequiredMembers]
    protected ArticleContent(ArticleDetails details, LineItem item)
        : base(details)
    {
        Headline = item.Headline;
        Summary = item.Summary;
        Category = item.Category;
        Language = item.Language;
        Keywords = item.Keywords;
        Urgency = item.Urgency;
        Breaking = item.Breaking;
        Media = item.Media;
        ShortHeadline = item.ShortHeadline;
    }

    [JsonPropertyOrder(MemberOrder.Headline)]
    public required string Headline { get; init; }

    [JsonPropertyOrder(MemberOrder.Headline), Required]
    public string Summary { get; init; } = "";

    [JsonPropertyOrder(MemberOrder.Category)]
    public required string Category { get; init; }

    /// <summary>A BCP 47 primary language subtag, such as <c>az</c>.</summary>
    [JsonPropertyOrder(MemberOrder.Category)]
    public required string Language { get; init; }

    [JsonPropertyOrder(MemberOrder.Keywords), Required]
    public IReadOnlyList<string> Keywords { get; init; } = [];

    /// <summary>1 (most urgent) to 9, as in ninjs 3.1.</summary>
    [JsonPropertyOrder(MemberOrder.Keywords), Required]
    public int Urgency { get; init; } = 5;

    [JsonPropertyOrder(MemberOrder.Keywords), Required]
    public bool Breaking { get; init; }

    [JsonPropertyOrder(MemberOrder.Keywords), Required]
    public Media Media { get; init; } = new();

    /// <summary>Where there is little room; the headline serves where there is none.</summary>
    [JsonPropertyOrder(MemberOrder.Keywords)]
    public string? ShortHeadline { get; init; }
}
