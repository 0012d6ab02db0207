using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using NewsPlatform.Publishing.Idempotency;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Keys;

public static class MakeKey
{
    public static KeyMade Decide(KeyRequest request, string hash, DateTimeOffset now) =>
        new(
            request.Name!,
            request.Role!,
            request.Categories ?? [],
            hash,
            request.ExpiresAt?.ToUniversalTime(),
            now,
            request.Trade ?? false
        );

    public static void Map(RouteGroupBuilder keys) =>
        keys.MapPost("/", Handle).WithSummary("Make a key").WithDescription("The answer says the secret, this once.");

    static async Task<Created<KeyView>> Handle(
        Caller caller,
        KeyRequest request,
        KeyRules rules,
        KeyRing ring,
        IDocumentSession session,
        TimeProvider clock,
        HttpContext context,
        CancellationToken ct
    )
    {
        rules.Check(request);
        await session.RequireFreeNameAsync(request.Name!, ct);
        var (id, secret, now) = (Guid.CreateVersion7(), Secret.Random(), clock.GetUtcNow());
        var made = Decide(request, secret.Hash, now);
        var key = Key.Apply(id, null, made);
        var (view, location) = (KeyView.Of(key, now, secret: secret), $"/api/keys/{id}");
        IdempotentResponse.StoreEncrypted(session, context, StatusCodes.Status201Created, view, location);
        await session.AppendAsync(caller, ring, key, made, ct);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Created(location, view);
    }
}
