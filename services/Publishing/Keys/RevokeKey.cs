using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using NewsPlatform.Contracts;
using NewsPlatform.Publishing.Articles;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Keys;

public static class RevokeKey
{
    /// <summary>Null for a key that is revoked already: said twice is said once.</summary>
    public static KeyRevoked? Decide(KeyChanged key, DateTimeOffset now) => key.Revoked ? null : new(now);

    public static void Map(RouteGroupBuilder keys) =>
        keys.MapDelete("/{id:guid}", Handle)
            .WithSummary("Revoke a key")
            .WithDescription("For good, and everywhere within a second. Webhooks, locks and tickets of the key end with it.");

    static async Task<NoContent> Handle(
        Guid id,
        Caller caller,
        KeyRing ring,
        IDocumentSession session,
        TimeProvider clock,
        CancellationToken ct
    )
    {
        var key = await session.FetchKeyAsync(id, ct);
        if (Decide(key, clock.GetUtcNow()) is { } revoked)
        {
            ArticleLocks.End(session, id);
            await session.AppendAsync(caller, ring, Key.Apply(id, key, revoked), revoked, ct);
        }
        return TypedResults.NoContent();
    }
}
