using System.Security.Cryptography;
using NewsPlatform.Notifications.Outbound;
using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.WebPush;

/// <summary>A browser wants to be told; what <c>PushSubscription.toJSON()</c> gives, and of what and when.</summary>
public sealed record MakeWebPush : SubscriptionRequest
{
    /// <summary>Where its push service takes messages for it.</summary>
    public required string Endpoint { get; init; }

    public required BrowserKeys Keys { get; init; }

    /// <summary>When the browser lets go of the endpoint, in milliseconds since 1970; mostly null.</summary>
    public double? ExpirationTime { get; init; }

    /// <summary>In which notifications say what is not news; the portal's first, if none is given.</summary>
    public string? Language { get; init; }

    public QuietHours? QuietHours { get; init; }

    public override async Task<IResult> MakeAsync(HttpContext context)
    {
        var services = context.RequestServices;
        var (subscriptions, limits, options, portal) = (
            services.GetRequiredService<SubscriptionStore>(),
            services.GetRequiredService<PushSubscriptions>(),
            services.GetRequiredService<WebPushOptions>(),
            services.GetRequiredService<PortalOptions>()
        );
        var (clock, http, ct) = (
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<OutboundHttp>(),
            context.RequestAborted
        );
        limits.Admit(context);
        var (topics, language) = WebPushRules.Check(Topics, Language, QuietHours, portal);
        var (key, auth) = (Keys ?? throw ProblemException.BadRequest("keys", "are needed")).Read();
        var endpoint = await WebPushRules.EndpointAsync(Endpoint, options, http, ct);
        var now = clock.GetUtcNow();

        var secret = Access.NewSecret();
        var made = new Subscription
        {
            Id = PushSubscriptions.IdOf(endpoint),
            Kind = WebPushChannel.Name,
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
                QuietHours = QuietHours,
                ExpiresAt = WebPushRules.Expiry(ExpirationTime, now),
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

/// <summary>By which messages to a browser are encrypted (RFC 8291, section 3), in base64 of either alphabet.</summary>
/// <param name="P256dh">Its public key, an uncompressed point of P-256.</param>
/// <param name="Auth">Sixteen bytes that it shares with us.</param>
public sealed record BrowserKeys(string P256dh, string Auth)
{
    /// <exception cref="ProblemException">422 that names the key and what is wrong with it.</exception>
    public (byte[] Key, byte[] Auth) Read()
    {
        var (key, auth) = (
            Base64Text.Read(P256dh, MessageEncryption.PublicKeyBytes) ?? [],
            Base64Text.Read(Auth, MessageEncryption.AuthBytes) ?? []
        );
        using var point = MessageEncryption.PublicKey(key);
        var faults = new Dictionary<string, string[]>();
        if (point is null)
        {
            faults["keys.p256dh"] = ["must be a point of P-256, uncompressed and in base64"];
        }
        if (auth.Length != MessageEncryption.AuthBytes)
        {
            faults["keys.auth"] = [$"must be {MessageEncryption.AuthBytes} bytes in base64"];
        }
        return faults.Count == 0 ? (key, auth) : throw ProblemException.RuleViolations(faults);
    }
}
