using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using NewsPlatform.Contracts;
using NewsPlatform.Publishing.Idempotency;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Keys;

public static class RotateKey
{
    /// <summary>Secrets that are good at the same time.</summary>
    public const int MaxSecrets = 5;

    /// <exception cref="ProblemException">409 for a key that opens nothing any more, or has too many secrets that still do.</exception>
    public static KeyRotated Decide(KeyChanged key, string hash, TimeSpan overlap, DateTimeOffset now)
    {
        if (Key.State(key, now) is not "active" and var state)
        {
            throw new ProblemException(409, "state-forbids", $"A key that is {state} cannot be rotated; make another.")
            {
                Members = { ["state"] = state, ["allowed"] = Array.Empty<string>() },
            };
        }
        if (overlap > TimeSpan.Zero && key.Secrets.Count(secret => secret.ValidUntil is null || secret.ValidUntil > now) >= MaxSecrets)
        {
            throw new ProblemException(
                409,
                "too-many-secrets",
                $"{MaxSecrets} secrets of the key are good by now; wait until one ends, or rotate with overlapSeconds 0."
            );
        }
        return new(hash, now + overlap, now);
    }

    public static void Map(RouteGroupBuilder keys) =>
        keys.MapPost("/{id:guid}/rotate", Handle)
            .WithSummary("Rotate a key's secret")
            .WithDescription("The answer says the new secret, this once; the one before stays good for `overlapSeconds`.");

    static async Task<Ok<KeyView>> Handle(
        Guid id,
        Caller caller,
        RotationRequest? request,
        RotationRules rules,
        KeyRing ring,
        KeyUses uses,
        IDocumentSession session,
        TimeProvider clock,
        HttpContext context,
        CancellationToken ct
    )
    {
        rules.Check(request ??= new(RotationRules.DefaultOverlapSeconds));
        var (secret, now) = (Secret.Random(), clock.GetUtcNow());
        var before = await session.FetchKeyAsync(id, ct);
        var overlap = TimeSpan.FromSeconds(request.OverlapSeconds ?? RotationRules.DefaultOverlapSeconds);
        var rotated = Decide(before, secret.Hash, overlap, now);
        var key = Key.Apply(id, before, rotated);
        var view = KeyView.Of(key, now, await uses.LastAsync(id, ct), secret);
        IdempotentResponse.StoreEncrypted(session, context, StatusCodes.Status200OK, view);
        await session.AppendAsync(caller, ring, key, rotated, ct);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Ok(view);
    }
}
