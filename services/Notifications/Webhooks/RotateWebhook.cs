using Microsoft.AspNetCore.Http.HttpResults;
using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Webhooks;

/// <param name="OverlapSeconds">For how long those of before sign too, at most; a day when it is not given.</param>
/// <param name="Secret">The new one; made when it is not given.</param>
public sealed record WebhookRotationRequest(int? OverlapSeconds, string? Secret);

/// <param name="OldSecretUntil">Until when the secret of before signs too.</param>
public sealed record WebhookRotation(string Secret, DateTimeOffset OldSecretUntil);

public static class RotateWebhook
{
    public static void Map(RouteGroupBuilder webhooks) =>
        webhooks
            .MapPost("/rotate", Handle)
            .WithQuery()
            .WithSummary("Rotate a webhook's secret")
            .WithDescription(
                "`webhook-signature` has a signature by each secret that has not ended, with spaces between. "
                    + "A secret too many ends the oldest; `overlapSeconds` 0 ends all of before."
            );

    /// <summary>With one secret more, of which no more than so many are kept; none of before signs for longer than the overlap.</summary>
    public static IReadOnlyList<WebhookSecret> Decide(
        IReadOnlyList<WebhookSecret> secrets,
        string secret,
        TimeSpan overlap,
        DateTimeOffset now,
        int most
    ) =>
        [
            .. secrets
                .Select(s => s.ValidUntil < now + overlap ? s : s with { ValidUntil = now + overlap })
                .Where(s => s.ValidUntil > now)
                .TakeLast(most - 1),
            new(secret),
        ];

    static async Task<Ok<WebhookRotation>> Handle(
        Guid id,
        WebhookRotationRequest? request,
        SubscriptionStore subscriptions,
        WebhookOptions options,
        TimeProvider clock,
        HttpContext context,
        CancellationToken ct
    )
    {
        var overlap = request?.OverlapSeconds ?? options.OverlapSeconds;
        if (overlap < 0 || overlap > options.MaxOverlapSeconds)
        {
            throw ProblemException.RuleViolation("overlapSeconds", $"must be from 0 to {options.MaxOverlapSeconds}");
        }
        var secret = request?.Secret is null
            ? WebhookSecret.Random()
            : WebhookSecret.Read(request.Secret) ?? throw ProblemException.RuleViolation("secret", WebhookSecret.Rule);
        await subscriptions.OwnWebhookAsync(id, context, ct);
        var now = UtcTimes.Micros(clock.GetUtcNow());
        _ = await subscriptions.ChangeAsync(
            id,
            it =>
                it.Target is WebhookTarget target
                    ? it with
                    {
                        Target = target with
                        {
                            Secrets = Decide(target.Secrets, secret, TimeSpan.FromSeconds(overlap), now, options.MaxSecrets),
                        },
                    }
                    : it,
            ct
        ) ?? throw ProblemException.NotFound("webhook");
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(new WebhookRotation(secret, now.AddSeconds(overlap)));
    }
}
