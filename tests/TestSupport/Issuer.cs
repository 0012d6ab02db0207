using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace NewsPlatform.TestSupport;

/// <summary>An OpenID Connect issuer: its discovery document, its keys, and the tokens that it signs.</summary>
public sealed class Issuer : IAsyncDisposable
{
    Site site = null!;
    RsaSecurityKey key = NewKey();
    bool away;

    Issuer() { }

    /// <summary>What <c>iss</c> says.</summary>
    public string Address => site.Origin;

    /// <summary>Of a service that takes its tokens.</summary>
    public Dictionary<string, string> Settings =>
        new()
        {
            ["Security__Jwt__Issuer"] = Address,
            ["Security__Jwt__Audience"] = "newsroom",
            ["Security__Jwt__AllowHttp"] = "true",
        };

    /// <summary>What everybody can read of the key, as PEM.</summary>
    public string PublicKey => key.Rsa.ExportSubjectPublicKeyInfoPem();

    public static async Task<Issuer> StartAsync()
    {
        var issuer = new Issuer();
        issuer.site = await Site.StartAsync(issuer.AnswerAsync);
        return issuer;
    }

    /// <summary>A good token but for what is said of it.</summary>
    public string Token(
        string? issuer = null,
        string? audience = "newsroom",
        DateTimeOffset? expires = null,
        DateTimeOffset? notBefore = null,
        object? roles = null,
        string? sub = "anna",
        SigningCredentials? signing = null
    )
    {
        var claims = new Dictionary<string, object> { ["iss"] = issuer ?? Address };
        Add("aud", audience);
        Add("sub", sub);
        Add("roles", roles ?? new[] { "editor" });
        var descriptor = new SecurityTokenDescriptor
        {
            Claims = claims,
            Expires = (expires ?? DateTimeOffset.UtcNow.AddMinutes(5)).UtcDateTime,
            NotBefore = (notBefore ?? DateTimeOffset.UtcNow.AddMinutes(-20)).UtcDateTime,
            SigningCredentials = signing ?? new(key, SecurityAlgorithms.RsaSha256),
        };
        return new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false }.CreateToken(descriptor);

        void Add(string claim, object? value)
        {
            if (value is not null)
            {
                claims[claim] = value;
            }
        }
    }

    /// <summary>Signs with a new key from now on.</summary>
    public void Roll() => key = NewKey();

    public void Leave() => away = true;

    public void Return() => away = false;

    public ValueTask DisposeAsync() => site.DisposeAsync();

    Task AnswerAsync(HttpContext context)
    {
        switch (away ? null : context.Request.Path.Value)
        {
            case "/.well-known/openid-configuration":
                return context.Response.WriteAsJsonAsync(
                    new
                    {
                        issuer = Address,
                        jwks_uri = $"{Address}/keys",
                        token_endpoint = $"{Address}/token",
                    }
                );
            case "/keys":
                return context.Response.WriteAsJsonAsync(new { keys = new[] { Public() } });
            default:
                context.Response.StatusCode = away ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status404NotFound;
                return Task.CompletedTask;
        }
    }

    object Public()
    {
        var parameters = key.Rsa.ExportParameters(includePrivateParameters: false);
        return new
        {
            kty = "RSA",
            use = "sig",
            kid = key.KeyId,
            n = Base64UrlEncoder.Encode(parameters.Modulus),
            e = Base64UrlEncoder.Encode(parameters.Exponent),
        };
    }

    static RsaSecurityKey NewKey() => new(RSA.Create(2048)) { KeyId = Guid.NewGuid().ToString("N") };
}
