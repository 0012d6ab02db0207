using System.ComponentModel.DataAnnotations;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Gateway.Cors;

/// <summary>Whose pages may do in a browser what not everybody may. What everybody may read, every page may.</summary>
public sealed class OriginOptions : IValidatableObject
{
    /// <summary>Origins such as <c>https://desk.example.org</c>, whose pages may send keys and write. None by default.</summary>
    public IList<string> AllowedOrigins { get; set; } = [];

    /// <summary>
    /// Seconds for which a browser need not ask again before it sends such a request; browsers take two hours to a day at most.
    /// </summary>
    [Range(0, 86_400)]
    public int PreflightSeconds { get; set; } = 7_200;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        for (var i = 0; i < AllowedOrigins.Count; i++)
        {
            if (!WebOrigin.IsOne(AllowedOrigins[i]))
            {
                yield return new(
                    $"'{AllowedOrigins[i]}' is no origin such as https://desk.example.org",
                    [$"{nameof(AllowedOrigins)}__{i}"]
                );
            }
        }
    }
}
