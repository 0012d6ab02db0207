using FluentValidation;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Keys;

/// <summary>What a key is to be. <c>name</c> and <c>role</c> are required.</summary>
/// <param name="Categories">Those that it may act on; all of them when there is none.</param>
/// <param name="ExpiresAt">From when on it is good for nothing; never when it is not given.</param>
/// <param name="Trade">A subscriber's: it is also told of what is under embargo.</param>
public sealed record KeyRequest(
    string? Name,
    string? Role,
    IReadOnlyList<string>? Categories,
    DateTimeOffset? ExpiresAt,
    bool? Trade = null
);

/// <param name="OverlapSeconds">For how long the secret of before stays good; a day when it is not given.</param>
public sealed record RotationRequest(int? OverlapSeconds);

public sealed class KeyRules : AbstractValidator<KeyRequest>
{
    public const int MaxName = 64;

    /// <summary>A key that outlives this is one without an end.</summary>
    static readonly TimeSpan furthest = TimeSpan.FromDays(10 * 366);

    public KeyRules(PortalOptions portal, TimeProvider clock)
    {
        RuleLevelCascadeMode = CascadeMode.Stop;
        RuleFor(k => k.Name)
            .NotEmpty()
            .WithMessage("is required")
            .MaximumLength(MaxName)
            .WithMessage($"may have {MaxName} characters at most")
            .Matches(@"\A[a-z0-9]([a-z0-9._-]*[a-z0-9])?\z")
            .WithMessage("must be of a–z, 0–9, dot, hyphen and underscore, and begin and end with a letter or digit")
            .NotEqual(Security.AdminName)
            .WithMessage("is the name of the first key");
        RuleFor(k => k.Role)
            .NotEmpty()
            .WithMessage("is required")
            .Must(r => Roles.All.Contains(r!))
            .WithMessage($"must be one of {string.Join(", ", Roles.All)}");
        RuleFor(k => k.Categories)
            .Must(c => c!.Distinct().Count() == c!.Count)
            .WithMessage("may each stand once")
            .Must((key, c) => c!.Count == 0 || key.Role is not (Roles.Admin or Roles.Subscriber))
            .WithMessage("are for reporters and editors only")
            .When(k => k.Categories is not null);
        RuleFor(k => k.Trade).Must((key, trade) => trade != true || key.Role == Roles.Subscriber).WithMessage("is for subscribers only");
        RuleForEach(k => k.Categories)
            .Must(c => c is not null && portal.HasCategory(c))
            .WithMessage($"must be one of {string.Join(", ", portal.CategoryCodes)}");
        RuleFor(k => k.ExpiresAt)
            .Must(at => at > clock.GetUtcNow())
            .WithMessage("must lie in the future")
            .Must(at => at - clock.GetUtcNow() < furthest)
            .WithMessage("lies more than ten years ahead")
            .When(k => k.ExpiresAt is not null);
    }
}

public sealed class RotationRules : AbstractValidator<RotationRequest>
{
    public const int DefaultOverlapSeconds = 24 * 60 * 60;
    public const int MaxOverlapSeconds = 30 * 24 * 60 * 60;

    public RotationRules() =>
        RuleFor(r => r.OverlapSeconds).InclusiveBetween(0, MaxOverlapSeconds).WithMessage($"must be from 0 to {MaxOverlapSeconds}");
}

static class Checks
{
    /// <exception cref="ProblemException">422 that names every member that breaks a rule.</exception>
    public static void Check<T>(this AbstractValidator<T> rules, T request)
    {
        var result = rules.Validate(request);
        if (!result.IsValid)
        {
            throw ProblemException.RuleViolations(
                result
                    .Errors.GroupBy(e => char.ToLowerInvariant(e.PropertyName[0]) + e.PropertyName[1..])
                    .ToDictionary(member => member.Key, member => member.Select(e => e.ErrorMessage).ToArray())
            );
        }
    }
}
