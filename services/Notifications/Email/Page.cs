using System.Net;
using System.Text;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Email;

/// <summary>
/// A page that a link in a mail leads to: a sentence, and a button where something is to be done. Opening it does nothing, since scanners
/// of mail do that too.
/// </summary>
static class Page
{
    public static IResult Ask(HttpContext context, PortalOptions portal, string language, string said, string button) =>
        Of(
            context,
            portal,
            language,
            200,
            said,
            $"""
            <form method="post" action="{WebUtility.HtmlEncode(
                $"{context.Request.Path}{context.Request.QueryString}"
            )}"><p><button type="submit">{WebUtility.HtmlEncode(button)}</button></p></form>
            """
        );

    public static IResult Say(HttpContext context, PortalOptions portal, string language, int status, string said) =>
        Of(
            context,
            portal,
            language,
            status,
            said,
            $"""<p><a href="/{language}">{WebUtility.HtmlEncode(Words.Of(language).Home)}</a></p>"""
        );

    /// <summary>For who comes by a link that says nothing: in the first language that is asked for and spoken.</summary>
    public static string LanguageOf(HttpContext context, PortalOptions portal) =>
        context
            .Request.GetTypedHeaders()
            .AcceptLanguage.OrderByDescending(l => l.Quality ?? 1)
            .Select(l => l.Value.ToString().Split('-')[0].ToLowerInvariant())
            .FirstOrDefault(portal.Languages.Contains, portal.Languages[0]);

    /// <remarks>The page's address is a secret: no link of it says where it came from.</remarks>
    static IResult Of(HttpContext context, PortalOptions portal, string language, int status, string said, string more)
    {
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Robots-Tag"] = "noindex";
        return Results.Text(
            $"""
            <!DOCTYPE html>
            <html lang="{language}">
            <head>
            <meta charset="utf-8">
            <title>{WebUtility.HtmlEncode(portal.Name)}</title>
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <meta name="color-scheme" content="light dark">
            <meta name="referrer" content="no-referrer">
            <link rel="stylesheet" href="/assets/site.css">
            </head>
            <body>
            <main class="wide">
            <h1>{WebUtility.HtmlEncode(portal.Name)}</h1>
            <p>{WebUtility.HtmlEncode(said)}</p>
            {more}
            </main>
            </body>
            </html>

            """,
            "text/html",
            Encoding.UTF8,
            status
        );
    }
}
