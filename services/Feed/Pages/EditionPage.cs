using System.Globalization;
using Microsoft.AspNetCore.Mvc.RazorPages;
using NewsPlatform.Feed.Localization;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Pages;

/// <summary>A page of an edition: what the layout must know of it.</summary>
public abstract class EditionPage(PortalOptions portal) : PageModel
{
    public PortalOptions Portal => portal;
    public virtual string Language => (string)RouteData.Values["language"]!;
    public Words Words => Words.Of(Language);

    /// <summary>The category that the page belongs to, if to one.</summary>
    public virtual string? Category => null;

    /// <summary>The page's name, without the portal's; null on the front page.</summary>
    public virtual string? Title => null;

    public virtual string Description => string.Format(CultureInfo.InvariantCulture, Words.About, portal.Name);

    /// <summary>The one address of the page, relative to the portal's root; null when it shall not be found again.</summary>
    public virtual string? Canonical => null;

    /// <summary>The same in other languages: the address by language.</summary>
    public virtual IReadOnlyDictionary<string, string> Alternates => new Dictionary<string, string>();

    /// <summary>Where the page's line is in a format.</summary>
    public string FeedAddress(FeedFormat format) =>
        Category is null ? $"/{Language}/{format.FileName}" : $"/{Language}/{Category}/{format.FileName}";

    public string Absolute(string path) => portal.Absolute(path);

    /// <summary>For pages whose every edition has them.</summary>
    protected Dictionary<string, string> InEveryEdition(string path) => portal.Languages.ToDictionary(l => l, l => $"/{l}{path}");
}
