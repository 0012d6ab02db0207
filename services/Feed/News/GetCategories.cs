using NewsPlatform.Feed.Ready;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.News;

/// <summary>A category with its name in each language of the portal.</summary>
public sealed record CategoryView(string Code, IReadOnlyDictionary<string, string> Names);

public static class GetCategories
{
    public static void Map(IEndpointRouteBuilder app) =>
        app.MapMethods("/api/categories", Conditional.GetAndHead, (PortalOptions portal) =>
                Conditional.Json(portal.Categories.Select(c => new CategoryView(c.Code, c.Names)))
            )
            .WithSummary("List the categories")
            .WithTags("News")
            .WithQuery()
            .Produces<IReadOnlyList<CategoryView>>();
}
