using System.Text.RegularExpressions;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Search;

/// <summary>What somebody looks for: words, of which all must be there, <c>"a phrase"</c>, <c>or</c>, <c>-not</c>.</summary>
public sealed partial record SearchText
{
    /// <summary>UTF-16 code units.</summary>
    public const int MaxLength = 500;

    public const int MaxTerms = 32;

    public const string Parameter = "q";

    SearchText(string value) => Value = value;

    public string Value { get; }

    /// <exception cref="ProblemException">400 that names the parameter.</exception>
    public static SearchText Parse(string text) =>
        text switch
        {
            { Length: > MaxLength } => throw ProblemException.BadRequest(Parameter, $"may have {MaxLength} characters at most"),
            _ when string.IsNullOrWhiteSpace(text) => throw ProblemException.BadRequest(Parameter, "is empty"),
            _ when text.Any(char.IsControl) => throw ProblemException.BadRequest(Parameter, "may not contain control characters"),
            _ when Term().Count(text) > MaxTerms => throw ProblemException.BadRequest(Parameter, $"may have {MaxTerms} words at most"),
            _ => new(text.Trim()),
        };

    /// <summary>
    /// In a language: for PostgreSQL's <c>websearch_to_tsquery</c>, in which what is joined is a phrase of its parts, and what is joined in
    /// it, since a story may have it written as one.
    /// </summary>
    public (string Query, IReadOnlyList<(string Parts, string Whole)> Joined) In(string language)
    {
        var folded = Folding.Of(Value, language);
        return (
            string.Join(' ', Piece().Matches(folded).Select(piece => Written(piece.Value, Folding.Apart(piece.Value))).OfType<string>()),
            [.. Folding.Joined(folded).Distinct().Take(MaxJoined)]
        );

        static string? Written(string piece, string words) =>
            words.Length == 0
                ? null
                : (piece[0] == '-' ? "-" : "")
                    + (
                        words.Contains(' ', StringComparison.Ordinal) || piece.Contains('"', StringComparison.Ordinal)
                            ? $"\"{words}\""
                            : words
                    );
    }

    const int MaxJoined = 8;

    public static ProblemException Nothing() =>
        ProblemException.BadRequest(
            Parameter,
            "has no word to look for: very common words are not looked for, and what shall not be there is not enough"
        );

    [GeneratedRegex(@"[\p{L}\p{M}\p{N}]+")]
    private static partial Regex Term();

    [GeneratedRegex("""-?"[^"]*"?|[^\s"]+""")]
    private static partial Regex Piece();
}
