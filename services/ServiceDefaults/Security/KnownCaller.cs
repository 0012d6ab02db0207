using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace NewsPlatform.ServiceDefaults;

/// <summary>
/// Tells the gateway, which holds no keys, that whoever asked proved who it is, so that limits can go by the key. An answer's status alone
/// does not say so: what anybody may read is answered 200 with any key. The gateway takes the field off.
/// </summary>
public static class KnownCaller
{
    public const string Header = "News-Known-Caller";

    public static void UseKnownCaller(this IApplicationBuilder app) =>
        app.Use(
            (context, next) =>
            {
                if (context.Request.Headers.Authorization.Count > 0)
                {
                    context.Response.OnStarting(
                        static state =>
                        {
                            var context = (HttpContext)state;
                            if (Caller.Of(context) is not null && context.Response.StatusCode != StatusCodes.Status401Unauthorized)
                            {
                                context.Response.Headers[Header] = "1";
                            }
                            return Task.CompletedTask;
                        },
                        context
                    );
                }
                return next(context);
            }
        );
}
