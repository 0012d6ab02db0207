using System.ComponentModel.DataAnnotations;
using Marten;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Infrastructure;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace NewsPlatform.ServiceDefaults;

public sealed class SecurityOptions
{
    /// <summary>The first key, with the role admin. Random, and as long as a secret should be.</summary>
    [Required(ErrorMessage = "an admin key is needed, such as `openssl rand -hex 32` gives")]
    [MinLength(32, ErrorMessage = "the admin key must have 32 characters or more")]
    public string AdminKey { get; set; } = "";
}

/// <summary>Who somebody is. A policy of the same name asks for that much or more.</summary>
public static class Roles
{
    /// <summary>Drafts, revises, reads and submits.</summary>
    public const string Reporter = "reporter";

    /// <summary>Does everything to articles.</summary>
    public const string Editor = "editor";

    /// <summary>Does everything, and keeps the keys.</summary>
    public const string Admin = "admin";

    /// <summary>Keeps its own subscriptions and does nothing else; every other role may do that too.</summary>
    public const string Subscriber = "subscriber";

    /// <summary>What a subscriber's key may be besides: of the trade, which is told of what is under embargo.</summary>
    public const string Trade = "trade";

    public static readonly IReadOnlyList<string> All = [Reporter, Editor, Admin, Subscriber];
}

/// <summary>
/// Who wants something that not everybody may proves who it is by <c>Authorization: Bearer</c> (RFC 6750, section 2.1) with a platform key
/// or, where an issuer is configured, with its JWT.
/// </summary>
public static class Security
{
    /// <summary>Reserved: the name of the first key.</summary>
    public const string AdminName = "admin";

    /// <summary>The id, and the name, under which the first key acts.</summary>
    public const string AdminId = $"{KeyRing.NamePrefix}{AdminName}";

    /// <summary>
    /// Of what belongs to whoever sends a secret that only the endpoint can judge: who sends none is refused before anything is read.
    /// </summary>
    public const string Proof = "proof";

    const string Scheme = "Bearer";

    /// <summary>The store must be configured by <see cref="ConfigureKeys"/>.</summary>
    public static void AddSecurity(this IHostApplicationBuilder builder)
    {
        builder.Require<SecurityOptions>("Security");
        var jwt = builder.Require<JwtOptions>("Security:Jwt");
        builder.AddKeyRing();
        builder.Services.AddSingleton<KeyUses>();
        builder.Services.AddHostedService(services => services.GetRequiredService<KeyUses>());

        var authentication = builder
            .Services.AddAuthentication(Scheme)
            .AddPolicyScheme(Scheme, null, scheme =>
                scheme.ForwardDefaultSelector = context => jwt.Enabled && Jwt.LooksLikeOne(context) ? Jwt.Scheme : KeyHandler.Scheme
            )
            .AddScheme<AuthenticationSchemeOptions, KeyHandler>(KeyHandler.Scheme, null);
        if (jwt.Enabled)
        {
            authentication.AddJwt(jwt);
        }
        builder.Services.AddSingleton<IAuthorizationMiddlewareResultHandler, Forbidding>();
        // What does not say who may use it is nobody's: an endpoint that forgets is found by its first request, and not by somebody else's.
        builder
            .Services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAssertion(_ => false).Build())
            .AddPolicy(Proof, policy =>
                policy.RequireAssertion(asked => asked.Resource is HttpContext { Request.Headers.Authorization.Count: > 0 })
            )
            .AddPolicy(Roles.Reporter, policy => policy.RequireRole(Roles.Reporter, Roles.Editor, Roles.Admin))
            .AddPolicy(Roles.Editor, policy => policy.RequireRole(Roles.Editor, Roles.Admin))
            .AddPolicy(Roles.Admin, policy => policy.RequireRole(Roles.Admin))
            .AddPolicy(Roles.Trade, policy => policy.RequireRole(Roles.Trade))
            .AddPolicy(Roles.Subscriber, policy => policy.RequireRole(Roles.All));
    }

    /// <summary>The service's own copy of the keys.</summary>
    public static void AddKeyRing(this IHostApplicationBuilder builder)
    {
        builder.Services.AddSingleton<KeyRing>();
        builder.Services.AddHostedService(services => services.GetRequiredService<KeyRing>());
        builder.Services.AddHealthChecks().AddCheck<KeyRing>("keys", tags: [Management.Ready]);
    }

    /// <summary>What the store of a service that verifies keys holds besides its own.</summary>
    public static void ConfigureKeys(this StoreOptions options)
    {
        KeyRing.Configure(options);
        KeyUses.Configure(options);
    }

    public static void UseSecurity(this WebApplication app)
    {
        app.UseAuthentication();
        app.UseAuthorization();
        // Not before it is known that whoever sends it may.
        app.Use(RequestBodies.ReadUnused);
    }

    /// <summary>Says which role is needed (RFC 6750, section 3.1: insufficient_scope).</summary>
    sealed class Forbidding : IAuthorizationMiddlewareResultHandler
    {
        readonly AuthorizationMiddlewareResultHandler others = new();

        public Task HandleAsync(
            RequestDelegate next,
            HttpContext context,
            AuthorizationPolicy policy,
            PolicyAuthorizationResult authorizeResult
        )
        {
            // Where there is nothing, routing answers: 404, 405 or 415, of which none reads a body.
            if (context.GetEndpoint() is not RouteEndpoint)
            {
                return next(context);
            }
            if (!authorizeResult.Forbidden)
            {
                return others.HandleAsync(next, context, policy, authorizeResult);
            }
            var roles = policy.Requirements.OfType<RolesAuthorizationRequirement>().SelectMany(r => r.AllowedRoles).ToArray();
            var needed = roles.Length == 0 ? "it is open to nobody" : $"it takes the role {string.Join(" or ", roles)}";
            throw new ProblemException(403, "forbidden", $"{context.User.Identity?.Name} may not do this; {needed}.")
            {
                Members = { ["roles"] = roles },
                Headers = { ["WWW-Authenticate"] = "Bearer error=\"insufficient_scope\"" },
            };
        }
    }
}
