using System.Security.Claims;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;

namespace NewsPlatform.ServiceDefaults;

public static class Jwt
{
    internal const string Scheme = "Jwt";

    /// <summary>RFC 7518, section 3.1, without what has no key or the same key on both sides.</summary>
    public static readonly IReadOnlyList<string> Signatures =
    [
        "RS256",
        "RS384",
        "RS512",
        "PS256",
        "PS384",
        "PS512",
        "ES256",
        "ES384",
        "ES512",
    ];

    /// <summary>Characters of who a token names, as OpenID Connect Core has it of <c>sub</c> (section 2).</summary>
    public const int MaxName = 255;

    /// <summary>What a person's things belong to; the claim that acts are recorded under may be one that goes to somebody else.</summary>
    const string Subject = "sub";

    /// <summary>A JWS begins with a JSON object and has three parts.</summary>
    internal static bool LooksLikeOne(HttpContext context) =>
        Bearer.Of(context.Request) is { } token
        && token.StartsWith("eyJ", StringComparison.Ordinal)
        && token.Count(letter => letter == '.') == 2;

    internal static void AddJwt(this AuthenticationBuilder authentication, JwtOptions options) => authentication.AddJwtBearer(Scheme, jwt =>
        {
            jwt.Authority = options.Issuer;
            jwt.RequireHttpsMetadata = !options.AllowHttp;
            jwt.MapInboundClaims = false;
            jwt.TokenValidationParameters = new()
            {
                ValidIssuer = options.Issuer,
                ValidAudience = options.Audience,
                ValidAlgorithms = options.Algorithms.Count > 0 ? options.Algorithms : Signatures,
                ClockSkew = TimeSpan.FromSeconds(options.ClockSkewSeconds),
                RequireExpirationTime = true,
                RequireSignedTokens = true,
                ValidateIssuerSigningKey = true,
            };
            jwt.Events = new()
            {
                OnTokenValidated = context => Know(context, options),
                OnAuthenticationFailed = BlameTheIssuerAsync,
                OnChallenge = context => context.AuthenticateFailure is ProblemException problem ? throw problem : Task.CompletedTask,
            };
        });

    /// <summary>The platform's roles among those that the claim names.</summary>
    public static IReadOnlyList<string> RolesOf(ClaimsPrincipal principal, string claim) =>
        [.. Values(principal, claim).Intersect(Roles.All)];

    static Task Know(TokenValidatedContext context, JwtOptions options)
    {
        var (subject, name) = (Said(context.Principal!, Subject), Said(context.Principal!, options.NameClaim));
        if (subject is not null && name is not null)
        {
            var (clock, end) = (context.Options.TimeProvider!, context.SecurityToken.ValidTo.AddSeconds(options.ClockSkewSeconds));
            context.Principal = new Caller(Caller.IdOfToken(subject), Caller.NameOfToken(name), [], () =>
                clock.GetUtcNow().UtcDateTime > end ? "the token has expired" : null
            ).Enter(context.HttpContext, RolesOf(context.Principal!, options.RoleClaim), Scheme);
        }
        else
        {
            context.Fail($"the token has no {(subject is null ? Subject : options.NameClaim)} of 1 to {MaxName} printable characters");
        }
        return Task.CompletedTask;
    }

    /// <summary>Null for what could not be stored with what the person does.</summary>
    static string? Said(ClaimsPrincipal principal, string claim) =>
        principal.FindFirstValue(claim) is { Length: > 0 and <= MaxName } value
        && !value.EnumerateRunes().Any(rune => Rune.IsControl(rune) || rune == Rune.ReplacementChar)
            ? value
            : null;

    /// <summary>A token cannot be called false while the keys that it is checked with are not to be had.</summary>
    static async Task BlameTheIssuerAsync(AuthenticationFailedContext context)
    {
        if (context.Exception is not SecurityTokenInvalidSignatureException and not InvalidOperationException)
        {
            return;
        }
        try
        {
            await context.Options.ConfigurationManager!.GetConfigurationAsync(context.HttpContext.RequestAborted);
        }
        catch (Exception fault) when (fault is InvalidOperationException or IOException)
        {
            context.Fail(
                ProblemException.Unavailable("The issuer of the token does not answer. Try again shortly.", TimeSpan.FromSeconds(5))
            );
        }
    }

    static IEnumerable<string> Values(ClaimsPrincipal principal, string claim)
    {
        var values = principal.FindAll(claim).Select(c => c.Value).ToArray();
        return values.Length > 0 || claim.IndexOf('.', StringComparison.Ordinal) is not (> 0 and var dot)
            ? values
            : principal.FindAll(claim[..dot]).SelectMany(c => Inside(c.Value, claim[(dot + 1)..].Split('.')));
    }

    static IEnumerable<string> Inside(string json, string[] path)
    {
        JsonNode? node;
        try
        {
            node = path.Aggregate(JsonNode.Parse(json), (outer, member) => (outer as JsonObject)?[member]);
        }
        catch (JsonException)
        {
            return [];
        }
        return (node as JsonArray ?? [node?.DeepClone()])
            .OfType<JsonValue>()
            .Where(v => v.GetValueKind() == JsonValueKind.String)
            .Select(v => v.GetValue<string>());
    }
}
