using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Articles;

/// <summary>What an act is given besides the article: <c>note</c>.</summary>
public sealed record NoteRequest(string? Note);

/// <summary>The rule for words beside the copy.</summary>
public static class TextRules
{
    /// <summary>UTF-16 code units.</summary>
    public const int MaxLength = 2_000;

    /// <exception cref="ProblemException">422 that names the member.</exception>
    public static string? Optional(string member, string? text) =>
        text switch
        {
            null => null,
            _ when string.IsNullOrWhiteSpace(text) => null,
            { Length: > MaxLength } => throw ProblemException.RuleViolation(member, $"may have {MaxLength} characters at most"),
            _ when !CopyRules.Clean(text) => throw ProblemException.RuleViolation(member, "may not contain control characters"),
            _ => text.Trim(),
        };

    /// <exception cref="ProblemException">422 that names the member.</exception>
    public static string Required(string member, string? text) =>
        Optional(member, text) ?? throw ProblemException.RuleViolation(member, "is required");
}
