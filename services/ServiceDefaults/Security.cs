using System.ComponentModel.DataAnnotations;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace NewsPlatform.ServiceDefaults;

public sealed class SecurityOptions
{
    /// <summary>The first key, with the role admin. Random, and as long as a secret should be.</summary>
    [Required(ErrorMessage = "an admin key is needed, such as `openssl rand -hex 32` gives")]
    [MinLength(32, ErrorMessage = "the admin key must have 32 characters or more")]
    public string AdminKey { get; set; } = "";
}

/// <summary>Who may: policies by what they allow.</summary>
public static class Roles
{
    public const string Editor = "editor";
    public const string Admin = "admin";
}

/// <summary>Writers prove themselves by <c>Authorization: Bearer KEY</c> (RFC 6750, section 2.1).</summary>
public static class Security
{
    const string Scheme = "Key";

    public static void AddSecurity(this IHostApplicationBuilder builder)
    {
        builder.Require<SecurityOptions>("Security");
        builder.Services.AddAuthentication(Scheme).AddScheme<AuthenticationSchemeOptions, KeyHandler>(Scheme, null);
        builder.Services.AddAuthorizationBuilder().AddPolicy(Roles.Editor, policy => policy.RequireRole(Roles.Editor, Roles.Admin));
    }

    sealed class KeyHandler(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder, SecurityOptions security)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        readonly byte[] adminKey = SHA256.HashData(Encoding.UTF8.GetBytes(security.AdminKey));

        protected override Task<AuthenticateResult> HandleAuthenticateAsync()
        {
            const string bearer = "Bearer ";
            var header = Request.Headers.Authorization.ToString();
            if (!header.StartsWith(bearer, StringComparison.OrdinalIgnoreCase))
            {
                return Task.FromResult(AuthenticateResult.NoResult());
            }
            var given = SHA256.HashData(Encoding.UTF8.GetBytes(header[bearer.Length..].Trim()));
            if (!CryptographicOperations.FixedTimeEquals(given, adminKey))
            {
                return Task.FromResult(AuthenticateResult.Fail("unknown key"));
            }
            var identity = new ClaimsIdentity([new(ClaimTypes.Name, "admin"), new(ClaimTypes.Role, Roles.Admin)], Scheme.Name);
            return Task.FromResult(AuthenticateResult.Success(new(new ClaimsPrincipal(identity), Scheme.Name)));
        }

        protected override Task HandleChallengeAsync(AuthenticationProperties properties)
        {
            Response.StatusCode = StatusCodes.Status401Unauthorized;
            Response.Headers.WWWAuthenticate = Request.Headers.Authorization.Count > 0 ? "Bearer error=\"invalid_token\"" : "Bearer";
            return Task.CompletedTask;
        }
    }
}
