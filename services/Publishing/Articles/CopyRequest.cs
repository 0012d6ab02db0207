using FluentValidation;
using NewsPlatform.Contracts;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Articles;

/// <summary>What an editor sends: an article's copy. <c>headline</c>, <c>category</c> and <c>language</c> are required.</summary>
public record CopyRequest
{
    public string? Headline { get; init; }
    public string? Summary { get; init; }

    /// <summary>For where there is little room.</summary>
    public string? ShortHeadline { get; init; }

    /// <summary>HTML; what is not in the allow-list is cleaned away.</summary>
    public string? Body { get; init; }

    /// <summary>The body as Markdown (CommonMark with tables) instead; it is stored as HTML.</summary>
    public string? Markdown { get; init; }

    public string? Category { get; init; }
    public string? Language { get; init; }
    public IReadOnlyList<string>? Keywords { get; init; }
    public int? Urgency { get; init; }
    public bool? Breaking { get; init; }
    public Media? Media { get; init; }

    /// <summary>The one name of <c>bylines</c>, where there is one.</summary>
    public string? Byline { get; init; }

    public IReadOnlyList<string>? Bylines { get; init; }

    /// <summary>The place, and the day if it matters, that the report is from.</summary>
    public string? Dateline { get; init; }

    public string? Source { get; init; }

    /// <summary>Who may use it, and how.</summary>
    public string? Rights { get; init; }

    /// <summary>For editors and for the trade; readers never have it.</summary>
    public string? EditorNote { get; init; }

    public Guid? TranslationOf { get; init; }
    public IReadOnlyList<Guid>? Featured { get; init; }
    public IReadOnlyList<Guid>? Related { get; init; }

    /// <summary>The last part of the address; made of the headline when it is not given.</summary>
    public string? Slug { get; init; }

    /// <exception cref="ProblemException">422 that names every member that breaks a rule.</exception>
    public Copy ToCopy(CopyRules rules)
    {
        var errors = rules
            .Validate(this)
            .Errors.Take(CopyRules.MaxErrors)
            .GroupBy(e => CamelCase(e.PropertyName))
            .ToDictionary(g => g.Key, g => g.Select(e => e.ErrorMessage).ToArray());
        var body = CleanBody(errors);
        if (errors.Count > 0)
        {
            throw ProblemException.RuleViolations(errors);
        }
        return new Copy
        {
            Headline = Headline!.Trim(),
            Summary = Summary?.Trim() ?? "",
            ShortHeadline = Said(ShortHeadline),
            Body = body,
            Category = Category!,
            Language = Language!,
            Keywords = Keywords is null ? [] : [.. Keywords.Select(k => k.Trim()).Distinct()],
            Urgency = Urgency ?? 5,
            Breaking = Breaking ?? false,
            Media = Media ?? new(),
            Bylines =
                Said(Byline) is { } one ? [one]
                : Bylines is null ? []
                : [.. Bylines.Select(b => b.Trim()).Distinct()],
            Dateline = Said(Dateline),
            Source = Said(Source),
            Rights = Said(Rights),
            EditorNote = Said(EditorNote),
            TranslationOf = TranslationOf,
            Featured = Featured ?? [],
            Related = Related ?? [],
            Slug = Slug,
        };
    }

    /// <summary>What the body or the Markdown comes to, read once; nothing is read of one that breaks a rule already.</summary>
    string CleanBody(Dictionary<string, string[]> errors)
    {
        var member = Markdown is null ? "body" : "markdown";
        if (errors.ContainsKey("body") || errors.ContainsKey("markdown"))
        {
            return "";
        }
        var (written, fault) = Markdown is null ? (Body ?? "", (string?)null) : MarkdownBody.Try(Markdown);
        if (written is null)
        {
            errors[member] = [fault!];
            return "";
        }
        var (clean, rule) = CleanHtml.Try(written);
        if (clean is null)
        {
            errors[member] = [rule!];
        }
        return clean ?? "";
    }

    static string? Said(string? text) => string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    static string CamelCase(string path) =>
        string.Join('.', path.Split('.').Select(part => part.Length == 0 ? part : char.ToLowerInvariant(part[0]) + part[1..]));
}

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

        RuleFor(c => c.Headline)
            .NotEmpty()
            .WithMessage("is required")
            .MaximumLength(MaxHeadline)
            .WithMessage($"may have {MaxHeadline} characters at most")
            .Must(Clean)
            .WithMessage("may not contain control characters");
        RuleFor(c => c.Summary)
            .MaximumLength(MaxSummary)
            .WithMessage($"may have {MaxSummary} characters at most")
            .Must(Clean)
            .WithMessage("may not contain control characters");
        RuleFor(c => c.Body)
            .Must(b => b is null || System.Text.Encoding.UTF8.GetByteCount(b) <= MaxBodyBytes)
            .WithMessage($"may have {MaxBodyBytes} bytes at most")
            .Must(Clean)
            .WithMessage("may not contain control characters");
        RuleFor(c => c.ShortHeadline)
            .MaximumLength(MaxName)
            .WithMessage($"may have {MaxName} characters at most")
            .Must(Clean)
            .WithMessage("may not contain control characters");
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
        RuleFor(c => c.Byline)
            .Must((copy, b) => b is null || copy.Bylines is null)
            .WithMessage("may not stand beside bylines; give one of them")
            .MaximumLength(MaxName)
            .WithMessage($"may have {MaxName} characters at most")
            .Must(Clean)
            .WithMessage("may not contain control characters");
        RuleFor(c => c.Bylines).Must(b => b is null || b.Count <= MaxBylines).WithMessage($"may be {MaxBylines} at most");
        RuleForEach(c => c.Bylines)
            .NotEmpty()
            .WithMessage("may not be empty")
            .MaximumLength(MaxName)
            .WithMessage($"may have {MaxName} characters at most")
            .Must(Clean)
            .WithMessage("may not contain control characters")
            .When(c => c.Bylines is { Count: <= MaxBylines });
        RuleFor(c => c.Dateline)
            .MaximumLength(MaxName)
            .WithMessage($"may have {MaxName} characters at most")
            .Must(Clean)
            .WithMessage("may not contain control characters");
        RuleFor(c => c.Rights)
            .MaximumLength(MaxNote)
            .WithMessage($"may have {MaxNote} characters at most")
            .Must(Clean)
            .WithMessage("may not contain control characters");
        RuleFor(c => c.EditorNote)
            .MaximumLength(MaxNote)
            .WithMessage($"may have {MaxNote} characters at most")
            .Must(Clean)
            .WithMessage("may not contain control characters");
        RuleFor(c => c.Source)
            .MaximumLength(MaxName)
            .WithMessage($"may have {MaxName} characters at most")
            .Must(Clean)
            .WithMessage("may not contain control characters");
        RuleFor(c => c.Featured).Must(f => f is null || f.Count <= MaxFeatured).WithMessage($"may be {MaxFeatured} at most");
        RuleFor(c => c.Related).Must(r => r is null || r.Count <= MaxFeatured).WithMessage($"may be {MaxFeatured} at most");
        RuleFor(c => c.Slug)
            .MaximumLength(Articles.Slug.MaxLength)
            .WithMessage($"may have {Articles.Slug.MaxLength} characters at most")
            .Matches("^[a-z0-9]+(-[a-z0-9]+)*$")
            .WithMessage("must be lower-case ASCII words with hyphens between them");
        RuleFor(c => c.Media!).SetValidator(new MediaRules()).When(c => c.Media is not null);
    }

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
