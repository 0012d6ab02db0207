using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace NewsPlatform.ServiceDefaults;

/// <summary>Lets in who has a platform key, or the first key of the configuration.</summary>
sealed class KeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    SecurityOptions security,
    KeyRing ring,
    KeyUses uses
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public new const string Scheme = "Key";

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (Bearer.Of(Request) is not { } secret)
        {
            return AuthenticateResult.NoResult();
        }
        if (
            CryptographicOperations.FixedTimeEquals(
                SHA256.HashData(Encoding.UTF8.GetBytes(secret)),
                SHA256.HashData(Encoding.UTF8.GetBytes(security.AdminKey))
            )
        )
        {
            return Success(new(Security.AdminId, Security.AdminId, [], () => null), [Roles.Admin]);
        }
        var (hash, now) = (KeyRing.Hash(secret), TimeProvider.GetUtcNow());
        var key = await ring.FindAsync(hash, Context.RequestAborted);
        if (KeyRing.Fault(key, hash, now) is { } fault)
        {
            return AuthenticateResult.Fail(fault);
        }
        uses.Note(key!.KeyId, now);
        return Success(
            new(Caller.IdOfKey(key.KeyId), $"{KeyRing.NamePrefix}{key.Name}", key.Categories, () =>
                ring.Fault(hash, TimeProvider.GetUtcNow())
            ),
            key.Trade ? [key.Role, Roles.Trade] : [key.Role]
        );
    }

    protected override async Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = await HandleAuthenticateOnceSafeAsync() is { Failure: { } failure }
            ? $"Bearer error=\"invalid_token\", error_description=\"{failure.Message}\""
            : "Bearer";
    }

    AuthenticateResult Success(Caller caller, string[] roles) =>
        AuthenticateResult.Success(new(caller.Enter(Context, roles, Scheme), Scheme));
}
