using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Desk;

public static class DeskEndpoints
{
    public static void MapDesk(this IEndpointRouteBuilder app)
    {
        var desk = app.MapGroup("/api/articles").RequireAuthorization(Roles.Reporter).WithTags("Articles");
        GetArticles.Map(desk);
        GetDue.Map(desk);
    }
}
