using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Pages;

/// <summary>A part of an address that only some words of the portal's may be.</summary>
public abstract class PortalConstraint(Func<string, bool> isAllowed) : IRouteConstraint
{
    public bool Match(
        HttpContext? httpContext,
        IRouter? route,
        string routeKey,
        RouteValueDictionary values,
        RouteDirection routeDirection
    ) => values[routeKey] is string word && isAllowed(word);
}

/// <summary>In a page's address: one of the portal's languages.</summary>
public sealed class EditionConstraint(PortalOptions portal) : PortalConstraint(portal.Languages.Contains);

/// <summary>In a page's address: one of the portal's categories, or all of them.</summary>
public sealed class LineConstraint(PortalOptions portal) : PortalConstraint(word => word == All || portal.HasCategory(word))
{
    public const string All = "all";
}

/// <summary>In an address: one of the portal's categories.</summary>
public sealed class CategoryConstraint(PortalOptions portal) : PortalConstraint(portal.HasCategory);
