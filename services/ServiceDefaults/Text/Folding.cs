using System.Text;
using System.Text.RegularExpressions;

namespace NewsPlatform.ServiceDefaults;

/// <summary>
/// How words of people are compared, everywhere alike: whatever their case, however their letters are composed and their spaces made (NFKC,
/// simple case folding, ß as ss), and without what nobody sees, such as soft hyphens and zero-width spaces.
/// </summary>
public static partial class Folding
{
    const char Dotless = 'ı',
        AboveDot = '\u0307',
        ZeroWidthSpace = '\u200b';

    /// <summary>Whose I is the capital of ı, and whose i has the capital İ.</summary>
    static readonly string[] dotted = ["az", "tr"];

    /// <summary>
    /// What two texts share that name the same; the four letters İ, I, ı and i are one, since who types often has not all of them.
    /// </summary>
    public static string Of(string text) => Lower(text, 'i').Replace(Dotless, 'i');

    /// <summary>
    /// In small letters as a language has them, and otherwise as <see cref="Of(string)"/>: I is ı in Azerbaijani and Turkish, and İ is i.
    /// </summary>
    /// <param name="language">A BCP 47 tag, of which the primary subtag counts.</param>
    public static string Of(string text, string language) => Lower(text, IsDotted(language) ? Dotless : 'i');

    /// <summary>Every small form that the text has in any language, two at most: they differ where there is a capital I.</summary>
    public static IReadOnlyList<string> InAnyLanguage(string text)
    {
        var (one, other) = (Lower(text, 'i'), Lower(text, Dotless));
        return one == other ? [one] : [one, other];
    }

    /// <summary>The words of a folded text with a space between them; those that <c>/ . -</c> join are several.</summary>
    public static string Apart(string folded) => BetweenWords().Replace(folded, " ").Trim();

    /// <summary>
    /// The words that <c>/ . -</c> join in a folded text, each with its parts and written as one; numbers alone are none.
    /// </summary>
    public static IEnumerable<(string Parts, string Whole)> Joined(string folded) =>
        JoinedWord()
            .Matches(folded)
            .Select(word => (Parts: Apart(word.Value), Whole: Joint().Replace(word.Value, "")))
            .Where(word => word.Whole.Any(char.IsLetter));

    /// <summary>
    /// As it is written, but for what nobody sees in its words. What joins pictures, such as those of people with a trade, stays.
    /// </summary>
    public static string Visible(string text) =>
        InvisibleInWord()
            .Replace(text, hidden =>
                hidden.Index > 0 && hidden.Value.Contains(ZeroWidthSpace) && Spaceless().IsMatch(text.AsSpan(hidden.Index - 1, 1))
                    ? " "
                    : ""
            );

    /// <summary>A regular expression, to be used without regard to case, that finds a text in every spelling.</summary>
    public static string Pattern(string text)
    {
        var seen = Seen(text);
        return string.Join(
            '|',
            new[] { NormalizationForm.FormC, NormalizationForm.FormD, NormalizationForm.FormKC, NormalizationForm.FormKD }
                .Select(form =>
                    string.Join(
                        $@"(?:\s|{Hidden})+",
                        seen.Normalize(form).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(PatternOfWord)
                    )
                )
                .Distinct()
        );
    }

    static string PatternOfWord(string word) =>
        string.Join(
                $"{Hidden}*",
                word.EnumerateRunes()
                    .Select(letter =>
                        letter.Value switch
                        {
                            'i' or 'I' or Dotless or 'İ' => $"[iIıİ]{AboveDot}?",
                            'ß' or 'ẞ' => DoubleS,
                            'σ' or 'ς' or 'Σ' => "[σςΣ]",
                            _ => Regex.Escape(Rune.ToLowerInvariant(letter).ToString()),
                        }
                    )
            )
            .Replace(DoubleS, $"(?:{DoubleS}|[ßẞ])", StringComparison.Ordinal);

    static bool IsDotted(string language) => dotted.Contains(language.Split('-')[0], StringComparer.OrdinalIgnoreCase);

    static string Lower(string text, char i) =>
        Spaces().Replace(Ascii.IsValid(text) ? text.Replace('I', i).ToLowerInvariant() : Small(Composed(text), i), " ").Trim();

    /// <summary>What nobody sees may stand between a letter and its accent.</summary>
    static string Composed(string text) => Seen(text).Normalize(NormalizationForm.FormKC);

    static string Seen(string text)
    {
        var seen = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            if (!IsIgnorable(rune))
            {
                Append(seen, rune);
            }
            else if (rune.Value == ZeroWidthSpace && seen.Length > 0 && Spaceless().IsMatch([seen[^1]]))
            {
                seen.Append(' ');
            }
        }
        return seen.ToString();
    }

    static string Small(string composed, char i)
    {
        var small = new StringBuilder(composed.Length);
        foreach (var rune in composed.EnumerateRunes())
        {
            switch (rune.Value)
            {
                case 'I':
                    small.Append(i);
                    break;
                case 'İ':
                    small.Append('i');
                    break;
                case 'ß' or 'ẞ':
                    small.Append("ss");
                    break;
                case Dotless:
                    small.Append(Dotless);
                    break;
                // Other software's small İ.
                case AboveDot when small.Length > 0 && small[^1] == 'i':
                    break;
                default:
                    // By way of the capital, since two small letters may share it: σ and ς.
                    Append(small, Rune.ToLowerInvariant(Rune.ToUpperInvariant(rune)));
                    break;
            }
        }
        return small.ToString().Normalize(NormalizationForm.FormKC);
    }

    static void Append(StringBuilder text, Rune rune)
    {
        Span<char> units = stackalloc char[2];
        text.Append(units[..rune.EncodeToUtf16(units)]);
    }

    /// <summary>
    /// Default_Ignorable_Code_Point of Unicode (DerivedCoreProperties), and the noncharacter that no text can be normalized with.
    /// </summary>
    static bool IsIgnorable(Rune rune) =>
        rune.IsBmp
            ? Ignorable().IsMatch([(char)rune.Value])
            : rune.Value is (>= 0x1bca0 and <= 0x1bca3) or (>= 0x1d173 and <= 0x1d17a) or (>= 0xe0000 and <= 0xe0fff);

    // A letter outside the Basic Multilingual Plane is a pair of surrogates to an expression.
    const string Letter = @"[\p{L}\p{M}\p{N}\p{Cs}]";
    const string Joints = @"[/.\-\u2010\u2011]";

    /// <summary>
    /// A class of a regular expression, of .NET and of PostgreSQL alike: what nobody sees, as far as it is in the Basic Multilingual Plane.
    /// </summary>
    public const string Hidden =
        @"[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
        + @"\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufff8\ufffe]";
    const string DoubleS = $"s{Hidden}*s";

    [GeneratedRegex(Hidden)]
    private static partial Regex Ignorable();

    [GeneratedRegex(@"[^\p{L}\p{M}\p{N}\p{Cs}]+")]
    private static partial Regex BetweenWords();

    [GeneratedRegex($"{Letter}+(?:{Joints}{Letter}+)+")]
    private static partial Regex JoinedWord();

    [GeneratedRegex(Joints)]
    private static partial Regex Joint();

    [GeneratedRegex($@"(?<=[\p{{L}}\p{{M}}\p{{N}}]){Hidden}+|{Hidden}+(?=[\p{{L}}\p{{M}}\p{{N}}])")]
    private static partial Regex InvisibleInWord();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();

    /// <summary>Letters of Thai, Lao, Burmese and Khmer, which write no spaces: there a zero-width space is one.</summary>
    [GeneratedRegex(@"[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff]")]
    private static partial Regex Spaceless();
}
