using FluentValidation;
using NewsPlatform.Contracts;

namespace NewsPlatform.Publishing.Articles;

/// <summary>What may go with an article's text.</summary>
public sealed class MediaRules : AbstractValidator<Media>
{
    public const int MaxItems = 100;
    public const int MaxRenditions = 20;

    /// <summary>UTF-16 code units.</summary>
    public const int MaxAlt = 1_000,
        MaxCaption = 2_000;

    static readonly string[] badges = ["video", "photos"];

    public MediaRules()
    {
        RuleLevelCascadeMode = CascadeMode.Stop;
        RuleFor(m => m.Badges)
            .NotNull()
            .WithMessage("must be a list")
            .Must(b => b.Count <= badges.Length && b.Distinct().Count() == b.Count)
            .WithMessage("may each stand once");
        RuleForEach(m => m.Badges)
            .Must(b => badges.Contains(b))
            .WithMessage($"must be one of {string.Join(", ", badges)}")
            .When(m => m.Badges is not null && m.Badges.Count <= badges.Length);
        RuleFor(m => m.Picture!)
            .Must(p => p.Type == MediaType.Picture)
            .WithMessage("must be of type picture")
            .SetValidator(new ItemRules(inGallery: false))
            .When(m => m.Picture is not null);
        RuleFor(m => m.Items)
            .NotNull()
            .WithMessage("must be a list")
            .Must(i => i.Count <= MaxItems)
            .WithMessage($"may be {MaxItems} at most");
        RuleForEach(m => m.Items)
            .NotNull()
            .WithMessage("may not be null")
            .SetValidator(new ItemRules(inGallery: false))
            .When(m => m.Items is { Count: <= MaxItems });
    }

    sealed class ItemRules : AbstractValidator<MediaItem>
    {
        public ItemRules(bool inGallery)
        {
            RuleLevelCascadeMode = CascadeMode.Stop;
            RuleFor(i => i.Alt)
                .NotNull()
                .WithMessage("must be a text")
                .Must((i, alt) => i.Type != MediaType.Picture || !string.IsNullOrWhiteSpace(alt))
                .WithMessage("is required: say what the picture shows")
                .MaximumLength(MaxAlt)
                .WithMessage($"may have {MaxAlt} characters at most")
                .Must(CopyRules.Clean)
                .WithMessage("may not contain control characters");
            RuleFor(i => i.Url)
                .Must((i, url) => url is not null || i.Type is MediaType.Picture or MediaType.Gallery && !inGallery)
                .WithMessage("is required")
                .Must((i, url) => url is null || i.Type != MediaType.Gallery)
                .WithMessage("is of the gallery's pictures, not of the gallery")
                .MaximumLength(2_000)
                .WithMessage("may have 2000 characters at most")
                .Must(IsWeb)
                .WithMessage("must be an absolute http or https address")
                .Must(CopyRules.Clean)
                .WithMessage("may not contain control characters");
            RuleFor(i => i.Caption)
                .MaximumLength(MaxCaption)
                .WithMessage($"may have {MaxCaption} characters at most")
                .Must(CopyRules.Clean)
                .WithMessage("may not contain control characters");
            RuleFor(i => i.Credit)
                .MaximumLength(CopyRules.MaxName)
                .WithMessage($"may have {CopyRules.MaxName} characters at most")
                .Must(CopyRules.Clean)
                .WithMessage("may not contain control characters");
            RuleFor(i => i.Width).InclusiveBetween(1, 100_000).WithMessage("must be from 1 to 100000 pixels");
            RuleFor(i => i.Height).InclusiveBetween(1, 100_000).WithMessage("must be from 1 to 100000 pixels");
            RuleFor(i => i.Duration)
                .InclusiveBetween(1, 1_000_000)
                .WithMessage("must be from 1 to 1000000 seconds")
                .Must((i, duration) => duration is null || i.Type is MediaType.Video or MediaType.Audio)
                .WithMessage("is of videos and sounds only");
            RuleFor(i => i.Renditions)
                .Must(r => r is null || r.Count <= MaxRenditions)
                .WithMessage($"may be {MaxRenditions} at most")
                .Must((i, r) => r is null || i.Type is MediaType.Picture or MediaType.Video && i.Url is not null)
                .WithMessage("are of pictures and videos that have a url");
            RuleForEach(i => i.Renditions)
                .NotNull()
                .WithMessage("may not be null")
                .SetValidator(new RenditionRules())
                .When(i => i.Renditions is { Count: <= MaxRenditions });
            if (inGallery)
            {
                RuleFor(i => i.Type).Equal(MediaType.Picture).WithMessage("must be picture: a gallery shows pictures");
                RuleFor(i => i.Pictures).Null().WithMessage("are of galleries only");
            }
            else
            {
                RuleFor(i => i.Pictures)
                    .Must((i, p) => p is null || i.Type == MediaType.Gallery)
                    .WithMessage("are of galleries only")
                    .Must((i, p) => i.Type != MediaType.Gallery || p is { Count: >= 1 and <= MaxItems })
                    .WithMessage($"of a gallery must be 1 to {MaxItems}");
                RuleForEach(i => i.Pictures)
                    .NotNull()
                    .WithMessage("may not be null")
                    .SetValidator(_ => new ItemRules(inGallery: true))
                    .When(i => i.Pictures is { Count: <= MaxItems });
            }
        }
    }

    sealed class RenditionRules : AbstractValidator<Rendition>
    {
        public RenditionRules()
        {
            RuleLevelCascadeMode = CascadeMode.Stop;
            RuleFor(r => r.Url)
                .NotEmpty()
                .WithMessage("is required")
                .MaximumLength(2_000)
                .WithMessage("may have 2000 characters at most")
                .Must(IsWeb)
                .WithMessage("must be an absolute http or https address")
                .Must(CopyRules.Clean)
                .WithMessage("may not contain control characters")
                .Must(u => u.AsSpan().IndexOfAny(' ', ',') < 0)
                .WithMessage("may contain neither spaces nor commas, which srcset separates by");
            RuleFor(r => r.Width).InclusiveBetween(1, 100_000).WithMessage("must be from 1 to 100000 pixels");
            RuleFor(r => r.Height).InclusiveBetween(1, 100_000).WithMessage("must be from 1 to 100000 pixels");
            RuleFor(r => r.ContentType)
                .Matches("^(image|video)/[a-z0-9.+-]{1,60}$")
                .WithMessage("must be a media type of pictures or videos, such as image/webp");
        }
    }

    static bool IsWeb(string? url) => url is null || Uri.TryCreate(url, UriKind.Absolute, out var uri) && uri.Scheme is "https" or "http";
}
