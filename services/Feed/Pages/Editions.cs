using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Pages;

/// <summary>In a page's address: one of the portal's languages.</summary>
public sealed class EditionConstraint(PortalOptions portal) : IRouteConstraint
{
    public bool Match(
        HttpContext? httpContext,
        IRouter? route,
        string routeKey,
        RouteValueDictionary values,
        RouteDirection routeDirection
    ) => values[routeKey] is string language && portal.Languages.Contains(language);
}

/// <summary>In a page's address: one of the portal's categories, or all of them.</summary>
public sealed class LineConstraint(PortalOptions portal) : IRouteConstraint
{
    public const string All = "all";

    public bool Match(
        HttpContext? httpContext,
        IRouter? route,
        string routeKey,
        RouteValueDictionary values,
        RouteDirection routeDirection
    ) => values[routeKey] is string line && (line == All || portal.HasCategory(line));
}

/// <summary>In an address: one of the portal's categories.</summary>
public sealed class CategoryConstraint(PortalOptions portal) : IRouteConstraint
{
    public bool Match(
        HttpContext? httpContext,
        IRouter? route,
        string routeKey,
        RouteValueDictionary values,
        RouteDirection routeDirection
    ) => values[routeKey] is string category && portal.HasCategory(category);
}
