using Microsoft.AspNetCore.Cors.Infrastructure;
using Microsoft.Net.Http.Headers;
using Yarp.ReverseProxy.Configuration;

namespace NewsPlatform.Gateway.Cors;

/// <summary>
/// Whose pages may read the answers of a route, which says it as its CorsPolicy. Writes are always for the origins that are named only.
/// </summary>
public enum PagesOf
{
    /// <summary>Everybody's: what is read here is the same whoever asks.</summary>
    Everybody,

    /// <summary>Everybody's, unless a key or a ticket is sent along, which opens what may be closed to others.</summary>
    EverybodyWithoutKey,

    /// <summary>Of origins that are named.</summary>
    Named,
}

/// <summary>
/// Tells from a request whether every page may read the answer. It never depends on the origin, so that caches keep one answer for all.
/// </summary>
public static class PagesOfRoutes
{
    /// <summary>The parameter by which streams are opened where no header can be sent.</summary>
    const string Ticket = "ticket";

    /// <summary>Refuses a route that does not say whose pages may read it, or says what there is not.</summary>
    /// <exception cref="InvalidOperationException">Names the route.</exception>
    public static void Declare(IEndpointConventionBuilder endpoint, RouteConfig route)
    {
        if (Parse(route.CorsPolicy) is null)
        {
            throw new InvalidOperationException(
                $"The route '{route.RouteId}' needs a CorsPolicy: one of {string.Join(", ", Enum.GetNames<PagesOf>())}."
            );
        }
    }

    public static PagesOf? Parse(string? name) =>
        Enum.TryParse<PagesOf>(name, ignoreCase: true, out var of) && Enum.IsDefined(of) ? of : null;

    public static bool IsPreflight(HttpRequest request) =>
        HttpMethods.IsOptions(request.Method) && request.Headers.ContainsKey(HeaderNames.AccessControlRequestMethod);

    /// <param name="request">It, or what asks whether it may come.</param>
    public static bool IsOpen(HttpRequest request, PagesOf of)
    {
        var preflight = IsPreflight(request);
        var method = preflight ? request.Headers.AccessControlRequestMethod.ToString() : request.Method;
        if (!HttpMethods.IsGet(method) && !HttpMethods.IsHead(method))
        {
            return false;
        }
        return of switch
        {
            PagesOf.Everybody => !preflight || !AsksForAuthorization(request),
            PagesOf.EverybodyWithoutKey => !request.Headers.ContainsKey(HeaderNames.Authorization)
                && !request.Query.ContainsKey(Ticket)
                && !(preflight && AsksForAuthorization(request)),
            _ => false,
        };
    }

    static bool AsksForAuthorization(HttpRequest request) =>
        request
            .Headers.GetCommaSeparatedValues(CorsConstants.AccessControlRequestHeaders)
            .Contains(HeaderNames.Authorization, StringComparer.OrdinalIgnoreCase);
}
