using FluentValidation;
using NewsPlatform.Contracts;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Articles;

/// <summary>What an editor sends: an article's copy. <c>headline</c>, <c>category</c> and <c>language</c> are required.</summary>
public record CopyRequest
{
    public string? Headline { get; init; }
    public string? Summary { get; init; }

    /// <summary>HTML; what is not in the allow-list is cleaned away.</summary>
    public string? Body { get; init; }

    public string? Category { get; init; }
    public string? Language { get; init; }
    public IReadOnlyList<string>? Keywords { get; init; }
    public int? Urgency { get; init; }
    public bool? Breaking { get; init; }
    public Media? Media { get; init; }
    public string? Byline { get; init; }
    public string? Source { get; init; }
    public Guid? TranslationOf { get; init; }
    public IReadOnlyList<Guid>? Featured { get; init; }

    /// <summary>The last part of the address; made of the headline when it is not given.</summary>
    public string? Slug { get; init; }

    /// <exception cref="Refusal">422 that names every member that breaks a rule.</exception>
    public Copy ToCopy(CopyRules rules)
    {
        var result = rules.Validate(this);
        if (!result.IsValid)
        {
            throw Refusal.Rules(result.Errors.GroupBy(e => CamelCase(e.PropertyName)).ToDictionary(g => g.Key, g => g.Select(e => e.ErrorMessage).ToArray()));
        }
        return new Copy
        {
            Headline = Headline!.Trim(),
            Summary = Summary?.Trim() ?? "",
            Body = CleanHtml.Of(Body ?? ""),
            Category = Category!,
            Language = Language!,
            Keywords = Keywords is null ? [] : [.. Keywords.Select(k => k.Trim()).Distinct()],
            Urgency = Urgency ?? 5,
            Breaking = Breaking ?? false,
            Media = Media ?? new(),
            Byline = Byline?.Trim(),
            Source = Source?.Trim(),
            TranslationOf = TranslationOf,
            Featured = Featured ?? [],
            Slug = Slug,
        };
    }

    static string CamelCase(string path) => string.Join('.', path.Split('.').Select(part => part.Length == 0 ? part : char.ToLowerInvariant(part[0]) + part[1..]));
}

/// <summary>What an article's copy must be. Lengths are in UTF-16 code units but for the body, which is in bytes of UTF-8.</summary>
public sealed class CopyRules : AbstractValidator<CopyRequest>
{
    public const int MaxHeadline = 500;
    public const int MaxSummary = 2_000;
    public const int MaxBodyBytes = 1 << 20;
    public const int MaxKeywords = 50;
    public const int MaxKeyword = 100;
    public const int MaxName = 200;
    public const int MaxMediaItems = 100;
    public const int MaxFeatured = 20;

    public CopyRules(PortalOptions portal)
    {
        RuleLevelCascadeMode = CascadeMode.Stop;
        var categories = string.Join(", ", portal.CategoryCodes);
        var languages = string.Join(", ", portal.Languages);

        RuleFor(c => c.Headline).NotEmpty().WithMessage("is required").MaximumLength(MaxHeadline).WithMessage($"may have {MaxHeadline} characters at most")
            .Must(Clean).WithMessage("may not contain control characters");
        RuleFor(c => c.Summary).MaximumLength(MaxSummary).WithMessage($"may have {MaxSummary} characters at most").Must(Clean).WithMessage("may not contain control characters");
        RuleFor(c => c.Body).Must(b => b is null || System.Text.Encoding.UTF8.GetByteCount(b) <= MaxBodyBytes).WithMessage($"may have {MaxBodyBytes} bytes at most")
            .Must(b => b is null || !CleanHtml.IsTooDeep(b)).WithMessage($"may have {CleanHtml.MaxDepth} elements within each other at most")
            .Must(Clean).WithMessage("may not contain control characters");
        RuleFor(c => c.Category).NotEmpty().WithMessage("is required").Must(c => portal.HasCategory(c!)).WithMessage($"must be one of {categories}");
        RuleFor(c => c.Language).NotEmpty().WithMessage("is required").Must(l => portal.Languages.Contains(l!)).WithMessage($"must be one of {languages}");
        RuleFor(c => c.Keywords).Must(k => k is null || k.Count <= MaxKeywords).WithMessage($"may be {MaxKeywords} at most");
        RuleForEach(c => c.Keywords).NotEmpty().WithMessage("may not be empty").MaximumLength(MaxKeyword).WithMessage($"may have {MaxKeyword} characters at most")
            .Must(k => Clean(k) && !k.Contains(',', StringComparison.Ordinal)).WithMessage("may contain neither commas nor control characters");
        RuleFor(c => c.Urgency).InclusiveBetween(1, 9).WithMessage("must be from 1 (most urgent) to 9");
        RuleFor(c => c.Byline).MaximumLength(MaxName).WithMessage($"may have {MaxName} characters at most").Must(Clean).WithMessage("may not contain control characters");
        RuleFor(c => c.Source).MaximumLength(MaxName).WithMessage($"may have {MaxName} characters at most").Must(Clean).WithMessage("may not contain control characters");
        RuleFor(c => c.Featured).Must(f => f is null || f.Count <= MaxFeatured).WithMessage($"may be {MaxFeatured} at most");
        RuleFor(c => c.Slug).MaximumLength(Articles.Slug.MaxLength).WithMessage($"may have {Articles.Slug.MaxLength} characters at most")
            .Matches("^[a-z0-9]+(-[a-z0-9]+)*$").WithMessage("must be lower-case ASCII words with hyphens between them");
        RuleFor(c => c.Media!).SetValidator(new MediaRules()).When(c => c.Media is not null);
    }

    /// <summary>PostgreSQL's JSON cannot hold U+0000, and no other control character but white space belongs into copy; nor does half a surrogate pair.</summary>
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

    sealed class MediaRules : AbstractValidator<Media>
    {
        static readonly string[] badges = ["video", "photos"];

        public MediaRules()
        {
            RuleLevelCascadeMode = CascadeMode.Stop;
            RuleFor(m => m.Badges).NotNull().WithMessage("must be a list").Must(b => b.Count <= badges.Length && b.Distinct().Count() == b.Count).WithMessage("may each stand once");
            RuleForEach(m => m.Badges).Must(b => badges.Contains(b)).WithMessage($"must be one of {string.Join(", ", badges)}");
            RuleFor(m => m.Picture!).SetValidator(new PictureRules()).When(m => m.Picture is not null);
            RuleFor(m => m.Items).NotNull().WithMessage("must be a list").Must(i => i.Count <= MaxMediaItems).WithMessage($"may be {MaxMediaItems} at most");
            RuleForEach(m => m.Items).SetValidator(new PictureRules());
        }
    }

    sealed class PictureRules : AbstractValidator<Picture>
    {
        public PictureRules()
        {
            RuleLevelCascadeMode = CascadeMode.Stop;
            RuleFor(p => p.Alt).NotEmpty().WithMessage("is required: say what the picture shows").MaximumLength(1_000).WithMessage("may have 1000 characters at most")
                .Must(Clean).WithMessage("may not contain control characters");
            RuleFor(p => p.Url).MaximumLength(2_000).WithMessage("may have 2000 characters at most")
                .Must(u => u is null || Uri.TryCreate(u, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http").WithMessage("must be an absolute http or https address")
                .Must(Clean).WithMessage("may not contain control characters");
            RuleFor(p => p.Caption).MaximumLength(2_000).WithMessage("may have 2000 characters at most").Must(Clean).WithMessage("may not contain control characters");
            RuleFor(p => p.Credit).MaximumLength(MaxName).WithMessage($"may have {MaxName} characters at most").Must(Clean).WithMessage("may not contain control characters");
            RuleFor(p => p.Width).InclusiveBetween(1, 100_000).WithMessage("must be from 1 to 100000 pixels");
            RuleFor(p => p.Height).InclusiveBetween(1, 100_000).WithMessage("must be from 1 to 100000 pixels");
        }
    }
}
