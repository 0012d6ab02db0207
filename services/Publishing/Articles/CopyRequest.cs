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
