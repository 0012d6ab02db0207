using System.ComponentModel.DataAnnotations;

namespace NewsPlatform.ServiceDefaults;

/// <summary>
/// The portal that all services serve: its languages, its categories with a name per language, and its own clock.
/// Defaults stand in <c>portal.json</c>; configuration under <c>Portal</c> overrides them.
/// </summary>
public sealed class PortalOptions : IValidatableObject
{
    [Required]
    public string Name { get; set; } = "";

    /// <summary>An IANA time zone; pages show its local time.</summary>
    [Required]
    public string TimeZone { get; set; } = "";

    /// <summary>The editions, the first being the one for readers whose language is not among them.</summary>
    [MinLength(1)]
    public IList<string> Languages { get; set; } = [];

    /// <summary>Category codes, each with its name per language.</summary>
    public IDictionary<string, Dictionary<string, string>> Categories { get; set; } = new Dictionary<string, Dictionary<string, string>>();

    public TimeZoneInfo Zone => TimeZoneInfo.FindSystemTimeZoneById(TimeZone);

    public string CategoryName(string code, string language) =>
        Categories.TryGetValue(code, out var names) && names.TryGetValue(language, out var name) ? name : code;

    /// <summary>The code of the category that a rubric names in any of the languages; null when none does.</summary>
    public string? CategoryOf(string rubric) => Categories
        .Where(c => c.Key.Equals(rubric, StringComparison.OrdinalIgnoreCase)
            || c.Value.Values.Any(name => name.Equals(rubric, StringComparison.InvariantCultureIgnoreCase)))
        .Select(c => c.Key)
        .FirstOrDefault();

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (!TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out _))
        {
            yield return new($"'{TimeZone}' is no time zone that this machine knows", [nameof(TimeZone)]);
        }
        if (!Categories.ContainsKey("general"))
        {
            yield return new("the category 'general' must be among them", [nameof(Categories)]);
        }
    }
}
