using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Authorization;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Subscriptions;

/// <summary>Whose a subscription is: of the key or person that made it, or of whoever has the secret that making it returned.</summary>
public static class Access
{
    /// <summary>A secret that nobody guesses, for subscriptions that belong to whoever has it.</summary>
    public static string NewSecret() => $"ns_{System.Buffers.Text.Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32))}";

    /// <summary>The subscription, if it belongs to who asks.</summary>
    /// <exception cref="ProblemException">401 for who proves nothing, 404 for one that is not there or somebody else's.</exception>
    public static async Task<Subscription> OwnAsync(
        this SubscriptionStore subscriptions,
        Guid id,
        HttpContext context,
        CancellationToken ct
    )
    {
        var proof = context.Request.Headers.Authorization.ToString();
        if (proof.Length == 0)
        {
            throw new ProblemException(
                401,
                "unauthenticated",
                "Authorization: Bearer with the subscription's secret, or with the key that made it, is needed."
            )
            {
                Headers = { ["WWW-Authenticate"] = "Bearer" },
            };
        }
        var secret = Bearer.Of(context.Request) ?? "";
        var own =
            await subscriptions.FindAsync(id, ct) is { } found && (IsOwner(found, context) || Opens(found, secret))
                ? found
                : throw ProblemException.NotFound("subscription");
        await RequestBodies.ReadUnusedAsync(context);
        return own;
    }

    /// <summary>Asks for a role where only some of what an endpoint does takes one.</summary>
    /// <exception cref="ProblemException">401 for who proves nothing, 403 for who may not.</exception>
    public static async Task RequireAsync(this HttpContext context, string role)
    {
        var services = context.RequestServices;
        var policy = await services.GetRequiredService<IAuthorizationPolicyProvider>().GetPolicyAsync(role);
        if (context.User.Identity is not { IsAuthenticated: true })
        {
            throw new ProblemException(401, "unauthenticated", "Authorization: Bearer with a key or a token that is good is needed.")
            {
                Headers = { ["WWW-Authenticate"] = "Bearer" },
            };
        }
        if (!(await services.GetRequiredService<IAuthorizationService>().AuthorizeAsync(context.User, policy!)).Succeeded)
        {
            throw new ProblemException(403, "forbidden", $"{context.User.Identity.Name} may not do this; it takes the role {role}.")
            {
                Members = { ["roles"] = new[] { role } },
            };
        }
    }

    public static bool Opens(Subscription subscription, string secret) =>
        subscription.SecretHash is { } hash
        && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(hash), Encoding.ASCII.GetBytes(KeyRing.Hash(secret)));

    static bool IsOwner(Subscription subscription, HttpContext context) =>
        context.User.IsInRole(Roles.Admin)
        || subscription.OwnerId is { } owner && context.User.Identity is { IsAuthenticated: true } && Caller.Of(context)?.Id == owner;
}
