using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace NewsPlatform.TestSupport;

/// <summary>An OpenID Connect issuer: its discovery document, its keys, and the tokens that it signs.</summary>
public sealed class Issuer : IAsyncDisposable
{
    readonly WebApplication app;
    RsaSecurityKey key = NewKey();
    bool away;

    Issuer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        app = builder.Build();
        app.Use((context, next) =>
        {
            if (!away)
            {
                return next(context);
            }
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            return Task.CompletedTask;
        });
        app.MapGet("/.well-known/openid-configuration", () => new { issuer = Address, jwks_uri = $"{Address}/keys", token_endpoint = $"{Address}/token" });
        app.MapGet("/keys", () => new { keys = new[] { Public() } });
    }

    /// <summary>What <c>iss</c> says.</summary>
    public string Address { get; private set; } = "";

    /// <summary>Of a service that takes its tokens.</summary>
    public Dictionary<string, string> Settings => new()
    {
        ["Security__Jwt__Issuer"] = Address, ["Security__Jwt__Audience"] = "newsroom", ["Security__Jwt__AllowHttp"] = "true",
    };

    /// <summary>What everybody can read of the key, as PEM.</summary>
    public string PublicKey => key.Rsa.ExportSubjectPublicKeyInfoPem();

    public static async Task<Issuer> StartAsync()
    {
        var issuer = new Issuer();
        await issuer.app.StartAsync();
        issuer.Address = issuer.app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        return issuer;
    }

    /// <summary>A good token but for what is said of it.</summary>
    public string Token(string? issuer = null, string? audience = "newsroom", DateTimeOffset? expires = null, DateTimeOffset? notBefore = null, object? roles = null, string? sub = "anna",
        SigningCredentials? signing = null)
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

    public ValueTask DisposeAsync() => app.DisposeAsync();

    object Public()
    {
        var parameters = key.Rsa.ExportParameters(includePrivateParameters: false);
        return new { kty = "RSA", use = "sig", kid = key.KeyId, n = Base64UrlEncoder.Encode(parameters.Modulus), e = Base64UrlEncoder.Encode(parameters.Exponent) };
    }

    static RsaSecurityKey NewKey() => new(RSA.Create(2048)) { KeyId = Guid.NewGuid().ToString("N") };
}
