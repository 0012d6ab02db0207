using NewsPlatform.Feed.Ready;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Pages;

/// <summary>The portal's root sends each reader to the edition that their browser asks for.</summary>
public static class Start
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapMethods("/", Conditional.GetAndHead, (HttpContext context, PortalOptions portal) =>
            {
                context.Response.Headers.CacheControl = "public, no-cache";
                return TypedResults.Redirect($"/{Edition(context, portal)}");
            })
            .ExcludeFromDescription();

    /// <summary>
    /// The wanted language that is spoken here and has the highest quality (RFC 9110, section 12.5.4), else the portal's first.
    /// </summary>
    public static string Edition(HttpContext context, PortalOptions portal)
    {
        context.Response.Headers.Append("Vary", "Accept-Language");
        return context
            .Request.GetTypedHeaders()
            .AcceptLanguage.Where(wanted => wanted.Quality != 0)
            .OrderByDescending(wanted => wanted.Quality ?? 1)
            .Select(wanted => portal.Languages.FirstOrDefault(language => Speaks(language, wanted.Value.ToString())))
            .FirstOrDefault(language => language is not null)
            ?? portal.Languages[0];
    }

    // Lookup by RFC 4647, section 3.4: az-Latn-AZ is content with az.
    static bool Speaks(string language, string range) =>
        range.Equals(language, StringComparison.OrdinalIgnoreCase) || range.StartsWith(language + "-", StringComparison.OrdinalIgnoreCase);
}
