using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace NewsPlatform.Gateway;

/// <summary>A client that imports may be as slow as its news: a wire stays connected and sends a line whenever it has one.</summary>
public static class NoMinimumDataRate
{
    public static void UseNoMinimumDataRate(this IApplicationBuilder app, PathString path) =>
        app.Use(
            (context, next) =>
            {
                if (context.Request.Path == path && context.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
                {
                    rate.MinDataRate = null;
                }
                return next(context);
            }
        );
}
