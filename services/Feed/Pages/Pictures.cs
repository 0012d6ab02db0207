using NewsPlatform.Feed.Ready;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Pages;

/// <summary>A picture that is only known to exist is drawn from its story's category and id, the same each time.</summary>
public static class Pictures
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapMethods(
                "/pictures/{category}/{id:guid}.svg",
                Conditional.GetAndHead,
                IResult (string category, Guid id, PortalOptions portal, HttpContext context) =>
                {
                    if (!portal.HasCategory(category))
                    {
                        return TypedResults.NotFound();
                    }
                    context.Response.Headers.CacheControl = PagesSetup.Forever;
                    return TypedResults.Text(Drawing.Of(category, id), "image/svg+xml; charset=utf-8");
                }
            )
            .ExcludeFromDescription();
}
