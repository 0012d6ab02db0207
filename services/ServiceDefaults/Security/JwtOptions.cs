using System.ComponentModel.DataAnnotations;

namespace NewsPlatform.ServiceDefaults;

/// <summary>The OpenID Connect issuer whose tokens are taken; none when it is not set.</summary>
public sealed class JwtOptions : IValidatableObject
{
    /// <summary>Its keys are read from its discovery document; <c>iss</c> must be exactly this.</summary>
    public string Issuer { get; set; } = "";

    /// <summary>What <c>aud</c> must have.</summary>
    public string Audience { get; set; } = "";

    /// <summary>The claim that names the roles; a dot leads into an object, as in Keycloak's <c>realm_access.roles</c>.</summary>
    [Required]
    public string RoleClaim { get; set; } = "roles";

    /// <summary>The claim that acts are recorded under.</summary>
    [Required]
    public string NameClaim { get; set; } = "sub";

    /// <summary>How a token may be signed: RS, PS and ES of every length when none is named.</summary>
    public IList<string> Algorithms { get; set; } = [];

    /// <summary>Seconds by which the issuer's clock and this one may differ.</summary>
    [Range(0, 300)]
    public int ClockSkewSeconds { get; set; } = 30;

    /// <summary>Takes an issuer without TLS, which whoever stands in between can forge; for tests.</summary>
    public bool AllowHttp { get; set; }

    public bool Enabled => Issuer.Length > 0;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Enabled && Audience.Length == 0)
        {
            yield return new("the audience is needed: without it the issuer's tokens for others would be taken", [nameof(Audience)]);
        }
        if (!Enabled && Audience.Length > 0)
        {
            yield return new("the issuer of the audience is needed", [nameof(Issuer)]);
        }
        if (
            Enabled
            && (
                !Uri.TryCreate(Issuer, UriKind.Absolute, out var issuer)
                || issuer.Scheme != Uri.UriSchemeHttps && !(AllowHttp && issuer.Scheme == Uri.UriSchemeHttp)
            )
        )
        {
            yield return new($"'{Issuer}' is no https address", [nameof(Issuer)]);
        }
        if (Algorithms.Except(Jwt.Signatures).FirstOrDefault() is { } unknown)
        {
            yield return new($"'{unknown}' is none of {string.Join(", ", Jwt.Signatures)}", [nameof(Algorithms)]);
        }
    }
}
