using Microsoft.AspNetCore.Diagnostics;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Pages;

/// <summary>What stands where a page is not, in the edition's language.</summary>
public sealed class MissingModel(PortalOptions portal) : EditionPage(portal)
{
    /// <summary>Never a place to link to: requests for what is not there are carried out again here.</summary>
    public const string Path = "/not-found";

    /// <summary>Of what was withdrawn for good: the item of the request that says why.</summary>
    public static readonly object Reason = new();

    string language = portal.Languages[0];

    public override string Language => language;
    public override string Title =>
        Gone ? Words.Withdrawn
        : Busy ? Words.Busy
        : Words.Missing;
    public bool Gone { get; private set; }

    /// <summary>Whether there is such a page, but too much to do to make it.</summary>
    public bool Busy { get; private set; }

    public string Why => HttpContext.Items[Reason] as string ?? (Busy ? Words.BusyWhy : Words.MissingWhy);

    public void OnGet()
    {
        var instead = HttpContext.Features.Get<IStatusCodeReExecuteFeature>();
        var asked = instead?.OriginalPath.Split('/', StringSplitOptions.RemoveEmptyEntries);
        language = asked is [var first, ..] && Portal.Languages.Contains(first) ? first : Start.Edition(HttpContext, Portal);
        Gone = instead?.OriginalStatusCode == StatusCodes.Status410Gone;
        Busy = instead?.OriginalStatusCode == StatusCodes.Status503ServiceUnavailable;
        Response.StatusCode =
            Gone ? StatusCodes.Status410Gone
            : Busy ? StatusCodes.Status503ServiceUnavailable
            : StatusCodes.Status404NotFound;
    }
}
