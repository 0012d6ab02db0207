using System.Security.Cryptography;
using NewsPlatform.Notifications.Outbound;
using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.WebPush;

/// <summary>Makes the subscription of a browser, or makes it anew with other topics, hours or keys.</summary>
public sealed class MakeWebPushHandler(
    SubscriptionStore subscriptions,
    PushSubscriptions limits,
    OutboundHttp http,
    WebPushOptions options,
    PortalOptions portal,
    TimeProvider clock
) : ISubscriptionHandler<MakeWebPush>
{
    public async Task<IResult> MakeAsync(MakeWebPush request, HttpContext context)
    {
        var ct = context.RequestAborted;
        limits.Admit(context);
        var (topics, language) = WebPushRules.Check(request.Topics, request.Language, request.QuietHours, portal);
        var (key, auth) = (request.Keys ?? throw ProblemException.BadRequest("keys", "are needed")).Read();
        var endpoint = await WebPushRules.EndpointAsync(request.Endpoint, options, http, ct);
        var now = clock.GetUtcNow();

        var secret = Access.NewSecret();
        var made = new Subscription
        {
            Id = DeterministicId.Of(endpoint),
            Kind = WebPushTarget.Kind,
            SecretHash = KeyRing.Hash(secret),
            Topics = topics,
            State = SubscriptionState.Active,
            MadeAt = now,
            Target = new WebPushTarget
            {
                Endpoint = endpoint,
                Key = key,
                Auth = auth,
                Language = language,
                QuietHours = request.QuietHours,
                ExpiresAt = WebPushRules.Expiry(request.ExpirationTime, now),
            },
        };
        var replaced = await ReplaceAsync();
        if (replaced is null)
        {
            limits.MakeRoom();
            await subscriptions.UpsertAsync(made, ct);
        }
        context.Response.Headers.CacheControl = "no-store";
        var view = SubscriptionView.Of(replaced ?? made) with { Secret = secret };
        return replaced is null ? TypedResults.Created($"/api/subscriptions/{made.Id}", view) : TypedResults.Ok(view);

        Task<Subscription?> ReplaceAsync() =>
            subscriptions.ChangeAsync(
                made.Id,
                before =>
                    IsOurs(before, context, key, auth)
                        ? made with
                        {
                            MadeAt = before.MadeAt,
                        }
                        : throw new ProblemException(
                            409,
                            "endpoint-taken",
                            "The endpoint is subscribed already, with other keys; its secret is needed to replace it."
                        ),
                ct
            );
    }

    /// <summary>Whoever has the secret, or the keys that only the browser and we know.</summary>
    static bool IsOurs(Subscription before, HttpContext context, byte[] key, byte[] auth) =>
        before.Target is WebPushTarget target
        && (
            CryptographicOperations.FixedTimeEquals(target.Auth, auth) & CryptographicOperations.FixedTimeEquals(target.Key, key)
            || context.Request.Headers.Authorization.ToString() is ['B' or 'b', _, _, _, _, _, ' ', .. var secret]
                && Access.Opens(before, secret.Trim())
        );
}
