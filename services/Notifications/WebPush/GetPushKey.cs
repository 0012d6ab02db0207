using Microsoft.AspNetCore.Http.HttpResults;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.WebPush;

/// <param name="Key">An uncompressed point of P-256 in base64url, for <c>applicationServerKey</c>.</param>
public sealed record PushKey(string Key);

public static class GetPushKey
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapGet("/api/push/key", Handle)
            .AllowAnonymous()
            .WithTags("Subscriptions")
            .WithSummary("Get the public key that browsers subscribe with (VAPID)")
            .WithDescription("VAPID (RFC 8292). It never changes.")
            .WithQuery();

    static async Task<Ok<PushKey>> Handle(HttpContext context, VapidKeys keys, WebPushOptions options, CancellationToken ct)
    {
        context.Response.Headers.CacheControl = $"public, max-age={options.KeyCacheSeconds}";
        return TypedResults.Ok(new PushKey(await keys.PublicKeyAsync(ct)));
    }
}
