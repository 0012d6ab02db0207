using Microsoft.AspNetCore.Mvc;
using NewsPlatform.Feed.Lines;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.News;

/// <summary>Which line is meant; what is not given does not matter.</summary>
public sealed record NewsQuery
{
    /// <summary>UTF-16 code units of <c>keyword</c> and <c>author</c>.</summary>
    public const int MaxText = 200;

    /// <summary>Those that <see cref="Line"/> reads.</summary>
    public static readonly string[] Parameters = ["language", "category", "keyword", "author", "breaking", "corrected"];

    [FromQuery(Name = "language")]
    public string? Language { get; init; }

    [FromQuery(Name = "category")]
    public string? Category { get; init; }

    /// <summary>One of <c>keywords</c>, however it is spelt (<see cref="Folding"/>).</summary>
    [FromQuery(Name = "keyword")]
    public string? Keyword { get; init; }

    /// <summary>One of a story's <c>bylines</c>, likewise.</summary>
    [FromQuery(Name = "author")]
    public string? Author { get; init; }

    /// <summary><c>true</c>: only what is marked as breaking news.</summary>
    [FromQuery(Name = "breaking")]
    public string? Breaking { get; init; }

    /// <summary><c>true</c>: only what was corrected, the last correction first.</summary>
    [FromQuery(Name = "corrected")]
    public string? Corrected { get; init; }

    /// <exception cref="ProblemException">400 that names the parameter.</exception>
    public Line Line(PortalOptions portal) =>
        new(
            Known("language", Language, portal.Languages),
            Known("category", Category, portal.CategoryCodes),
            Text("keyword", Keyword),
            Text("author", Author),
            Yes("breaking", Breaking),
            Yes("corrected", Corrected)
        );

    static string? Known(string parameter, string? value, IEnumerable<string> known) =>
        value is null ? null : Queries.OneOf(parameter, value, known);

    static string? Text(string parameter, string? value) =>
        value switch
        {
            null => null,
            "" => throw ProblemException.BadRequest(parameter, "is empty"),
            { Length: > MaxText } => throw ProblemException.BadRequest(parameter, $"may have {MaxText} characters at most"),
            _ when value.Any(char.IsControl) => throw ProblemException.BadRequest(parameter, "may not contain control characters"),
            _ => value,
        };

    static bool Yes(string parameter, string? value) =>
        value switch
        {
            null => false,
            "true" => true,
            _ => throw ProblemException.BadRequest(parameter, "is true, or is left out"),
        };
}
