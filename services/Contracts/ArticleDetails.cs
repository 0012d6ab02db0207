using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace NewsPlatform.Contracts;

/// <summary>
/// What an article says besides what a line shows of it. Every record of an article inherits it, so that a field that is added here
/// travels from the editors' copy through the messages and the stored stories to the answers to readers.
/// </summary>
public abstract record ArticleDetails
{
    /// <summary>Clean HTML of the platform's allow-list.</summary>
    [JsonPropertyOrder(MemberOrder.Body), Required]
    public string Body { get; init; } = "";

    [JsonPropertyOrder(MemberOrder.Bylines), Required]
    public IReadOnlyList<string> Bylines { get; init; } = [];

    /// <summary>The place, and the day if it matters, that the report is from, such as <c>BAKU</c>.</summary>
    [JsonPropertyOrder(MemberOrder.Details)]
    public string? Dateline { get; init; }

    [JsonPropertyOrder(MemberOrder.Details)]
    public string? Source { get; init; }

    /// <summary>Who may use it, and how; as <c>usageTerms</c> in ninjs 3.1.</summary>
    [JsonPropertyOrder(MemberOrder.Details)]
    public string? Rights { get; init; }
}
