using Microsoft.AspNetCore.Diagnostics;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Pages;

/// <summary>What stands where a page is not, in the edition's language.</summary>
public sealed class MissingModel(PortalOptions portal) : EditionPage(portal)
{
    /// <summary>Never a place to link to: requests for what is not there are carried out again here.</summary>
    public const string Path = "/not-found";

    string language = portal.Languages[0];

    public override string Language => language;
    public override string Title => Words.Missing;

    public void OnGet()
    {
        var asked = HttpContext.Features.Get<IStatusCodeReExecuteFeature>()?.OriginalPath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        language = asked is [var first, ..] && Portal.Languages.Contains(first) ? first : Start.Edition(HttpContext, Portal);
        Response.StatusCode = StatusCodes.Status404NotFound;
    }
}
