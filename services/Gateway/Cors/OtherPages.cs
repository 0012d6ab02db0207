using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Net.Http.Headers;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Gateway.Cors;

/// <summary>
/// Lets pages of other origins read (WHATWG Fetch, "CORS protocol"), never with credentials: a key is what a page has been given, and no
/// cookie is known here.
/// </summary>
public sealed class OtherPages : ICorsPolicyProvider
{
    /// <summary>Fields of an answer that a page's script may read besides the few that it always may.</summary>
    static readonly string[] exposed =
    [
        HeaderNames.Allow,
        "Accept-Post",
        HeaderNames.Date,
        HeaderNames.ETag,
        "Last-Event-ID",
        HeaderNames.LastModified,
        HeaderNames.Link,
        HeaderNames.Location,
        HeaderNames.RetryAfter,
        HeaderNames.WWWAuthenticate,
    ];

    readonly OriginOptions options;
    readonly CorsPolicy everybody;
    readonly CorsPolicy named;

    public OtherPages(OriginOptions options)
    {
        this.options = options;
        everybody = Policy(["GET", "HEAD"]).AllowAnyOrigin().Build();
        named = Policy(["GET", "HEAD", "POST", "PUT", "DELETE"]).WithOrigins([.. options.AllowedOrigins]).Build();
    }

    public Task<CorsPolicy?> GetPolicyAsync(HttpContext context, string? policyName) =>
        Task.FromResult(
            PagesOfRoutes.Parse(policyName) is { } of
                ? PagesOfRoutes.IsOpen(context.Request, of)
                    ? everybody
                    : named
                : null
        );

    CorsPolicyBuilder Policy(string[] methods) =>
        new CorsPolicyBuilder()
            .WithMethods(methods)
            .AllowAnyHeader()
            .WithExposedHeaders(exposed)
            .SetPreflightMaxAge(TimeSpan.FromSeconds(options.PreflightSeconds));

    /// <summary>
    /// ASP.NET Core answers only who names an origin. A cache may give that same answer to a page later, so that it says what it says to
    /// all, or else that it depends on who asks.
    /// </summary>
    Task CompleteAsync(HttpContext context, PagesOf of)
    {
        var headers = context.Response.Headers;
        if (!PagesOfRoutes.IsOpen(context.Request, of))
        {
            if (
                options.AllowedOrigins.Count > 0
                && !headers.GetCommaSeparatedValues(HeaderNames.Vary).Contains(HeaderNames.Origin, StringComparer.OrdinalIgnoreCase)
            )
            {
                headers.Append(HeaderNames.Vary, HeaderNames.Origin);
            }
        }
        else if (!PagesOfRoutes.IsPreflight(context.Request))
        {
            headers.AccessControlAllowOrigin = CorsConstants.AnyOrigin;
            headers.AccessControlExposeHeaders = string.Join(',', exposed);
        }
        return Task.CompletedTask;
    }

    public static void Add(WebApplicationBuilder builder)
    {
        builder.Require<OriginOptions>("Cors");
        builder.Services.AddCors().AddSingleton<ICorsPolicyProvider, OtherPages>();
    }

    /// <summary>
    /// Behind routing and before whatever may refuse, so that a page can read why. What asks whether a request may come is answered here,
    /// and costs no service anything.
    /// </summary>
    public static void Use(WebApplication app)
    {
        var pages = (OtherPages)app.Services.GetRequiredService<ICorsPolicyProvider>();
        app.Use(
            (context, next) =>
            {
                if (PagesOfRoutes.Parse(context.GetEndpoint()?.Metadata.GetMetadata<IEnableCorsAttribute>()?.PolicyName) is { } of)
                {
                    context.Response.OnStarting(() => pages.CompleteAsync(context, of));
                }
                return next(context);
            }
        );
        app.UseCors();
    }
}
