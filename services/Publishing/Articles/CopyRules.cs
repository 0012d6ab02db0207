using FluentValidation;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Articles;

/// <summary>What an article's copy must be. Lengths are in UTF-16 code units but for the body, which is in bytes of UTF-8.</summary>
public sealed class CopyRules : AbstractValidator<CopyRequest>
{
    public const int MaxHeadline = 500;
    public const int MaxSummary = 2_000;
    public const int MaxBodyBytes = CleanHtml.MaxBytes;
    public const int MaxKeywords = 50;
    public const int MaxKeyword = 100;
    public const int MaxName = 200;
    public const int MaxFeatured = 20;
    public const int MaxBylines = 20;
    public const int MaxNote = 2_000;

    /// <summary>Rules that are named as broken; a list can break one for every two bytes it has.</summary>
    public const int MaxErrors = 100;

    public CopyRules(PortalOptions portal)
    {
        RuleLevelCascadeMode = CascadeMode.Stop;
        var categories = string.Join(", ", portal.CategoryCodes);
        var languages = string.Join(", ", portal.Languages);

        Text(RuleFor(c => c.Headline).NotEmpty().WithMessage("is required"), MaxHeadline);
        Text(RuleFor(c => c.Summary), MaxSummary);
        RuleFor(c => c.Body)
            .Must(b => b is null || System.Text.Encoding.UTF8.GetByteCount(b) <= MaxBodyBytes)
            .WithMessage($"may have {MaxBodyBytes} bytes at most")
            .Must(Clean)
            .WithMessage("may not contain control characters");
        Text(RuleFor(c => c.ShortHeadline), MaxName);
        RuleFor(c => c.Markdown)
            .Must((copy, m) => m is null || copy.Body is null)
            .WithMessage("may not stand beside body; give one of them")
            .Must(m => m is null || System.Text.Encoding.UTF8.GetByteCount(m) <= MaxBodyBytes)
            .WithMessage($"may have {MaxBodyBytes} bytes at most")
            .Must(Clean)
            .WithMessage("may not contain control characters");
        RuleFor(c => c.Category)
            .NotEmpty()
            .WithMessage("is required")
            .Must(c => portal.HasCategory(c!))
            .WithMessage($"must be one of {categories}");
        RuleFor(c => c.Language)
            .NotEmpty()
            .WithMessage("is required")
            .Must(l => portal.Languages.Contains(l!))
            .WithMessage($"must be one of {languages}");
        RuleFor(c => c.Keywords).Must(k => k is null || k.Count <= MaxKeywords).WithMessage($"may be {MaxKeywords} at most");
        RuleForEach(c => c.Keywords)
            .NotEmpty()
            .WithMessage("may not be empty")
            .MaximumLength(MaxKeyword)
            .WithMessage($"may have {MaxKeyword} characters at most")
            .Must(k => Clean(k) && !k.Contains(',', StringComparison.Ordinal))
            .WithMessage("may contain neither commas nor control characters")
            .When(c => c.Keywords is { Count: <= MaxKeywords });
        RuleFor(c => c.Urgency).InclusiveBetween(1, 9).WithMessage("must be from 1 (most urgent) to 9");
        Text(
            RuleFor(c => c.Byline)
                .Must((copy, b) => b is null || copy.Bylines is null)
                .WithMessage("may not stand beside bylines; give one of them"),
            MaxName
        );
        RuleFor(c => c.Bylines).Must(b => b is null || b.Count <= MaxBylines).WithMessage($"may be {MaxBylines} at most");
        Text(RuleForEach(c => c.Bylines).NotEmpty().WithMessage("may not be empty"), MaxName)
            .When(c => c.Bylines is { Count: <= MaxBylines });
        Text(RuleFor(c => c.Dateline), MaxName);
        Text(RuleFor(c => c.Rights), MaxNote);
        Text(RuleFor(c => c.EditorNote), MaxNote);
        Text(RuleFor(c => c.Source), MaxName);
        RuleFor(c => c.Featured).Must(f => f is null || f.Count <= MaxFeatured).WithMessage($"may be {MaxFeatured} at most");
        RuleFor(c => c.Related).Must(r => r is null || r.Count <= MaxFeatured).WithMessage($"may be {MaxFeatured} at most");
        RuleFor(c => c.Slug)
            .MaximumLength(Articles.Slug.MaxLength)
            .WithMessage($"may have {Articles.Slug.MaxLength} characters at most")
            .Matches("^[a-z0-9]+(-[a-z0-9]+)*$")
            .WithMessage("must be lower-case ASCII words with hyphens between them");
        RuleFor(c => c.Media!).SetValidator(new MediaRules()).When(c => c.Media is not null);
    }

    /// <summary>The rules of every text of one line.</summary>
    /// <param name="most">UTF-16 code units.</param>
    static IRuleBuilderOptions<CopyRequest, string?> Text(IRuleBuilder<CopyRequest, string?> rule, int most) =>
        rule.MaximumLength(most)
            .WithMessage($"may have {most} characters at most")
            .Must(Clean)
            .WithMessage("may not contain control characters");

    /// <summary>
    /// PostgreSQL's JSON cannot hold U+0000, and no other control character but white space belongs into copy; nor does half a surrogate
    /// pair.
    /// </summary>
    public static bool Clean(string? text)
    {
        if (text is null)
        {
            return true;
        }
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsControl(text[i]) && text[i] is not ('\n' or '\r' or '\t'))
            {
                return false;
            }
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                return false;
            }
        }
        return true;
    }
}
