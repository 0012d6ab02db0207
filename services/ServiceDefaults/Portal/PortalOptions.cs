using System.ComponentModel.DataAnnotations;

namespace NewsPlatform.ServiceDefaults;

/// <summary>
/// The portal that all services serve: its languages, its categories with a name per language, and its own clock.
/// Defaults stand in <c>portal.json</c>; configuration under <c>Portal</c> overrides them.
/// </summary>
public sealed class PortalOptions : IValidatableObject
{
    /// <summary>As readers know it: the name on its pages, in its feeds and mails.</summary>
    [Required]
    public string Name { get; set; } = "";

    /// <summary>What readers' browsers call the portal: the address that feeds and pages name as theirs.</summary>
    [Required]
    public string PublicUrl { get; set; } = "";

    /// <summary>The WebSub hub that feeds name; empty for none.</summary>
    public string HubUrl { get; set; } = "/hub";

    /// <summary>An IANA time zone; pages show its local time.</summary>
    [Required]
    public string TimeZone { get; set; } = "";

    /// <summary>The editions, the first being the one for readers whose language is not among them.</summary>
    [MinLength(1)]
    public IList<string> Languages { get; set; } = [];

    /// <summary>In the order in which pages list them.</summary>
    public IList<CategoryOptions> Categories { get; set; } = [];

    public TimeZoneInfo Zone => TimeZoneInfo.FindSystemTimeZoneById(TimeZone);

    /// <summary>An address of the portal's, or one that is whole already, as somebody elsewhere can follow it.</summary>
    public string Absolute(string address) => address.StartsWith('/') ? PublicUrl.TrimEnd('/') + address : address;

    public IReadOnlyList<string> CategoryCodes => [.. Categories.Select(c => c.Code)];

    public bool HasCategory(string code) => Categories.Any(c => c.Code == code);

    public string CategoryName(string code, string language) =>
        Categories.FirstOrDefault(c => c.Code == code)?.Names.GetValueOrDefault(language) ?? code;

    Dictionary<string, string>? rubrics;

    /// <summary>The code of the category that a rubric names in any of the languages, however it is spelt; null when none does.</summary>
    public string? CategoryOf(string rubric) => (rubrics ??= Rubrics()).GetValueOrDefault(Folding.Of(rubric));

    Dictionary<string, string> Rubrics() =>
        Categories
            .SelectMany(c => c.Names.Values.Prepend(c.Code).Select(name => (Name: Folding.Of(name), c.Code)))
            .Where(rubric => rubric.Name.Length > 0)
            .DistinctBy(rubric => rubric.Name)
            .ToDictionary(rubric => rubric.Name, rubric => rubric.Code);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out _))
        {
            yield return new($"'{TimeZone}' is no time zone that this machine knows", [nameof(TimeZone)]);
        }
        if (!Uri.TryCreate(PublicUrl, UriKind.Absolute, out var url) || url.Scheme is not ("http" or "https") || url.PathAndQuery != "/")
        {
            yield return new($"'{PublicUrl}' is no address such as https://news.example.org", [nameof(PublicUrl)]);
        }
        if (!HasCategory("general"))
        {
            yield return new("the category 'general' must be among them", [nameof(Categories)]);
        }
    }
}
