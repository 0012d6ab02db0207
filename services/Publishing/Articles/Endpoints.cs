using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Articles;

public static class Endpoints
{
    public static void MapArticles(this IEndpointRouteBuilder app)
    {
        var articles = app.MapGroup("/api/articles").RequireAuthorization(Roles.Editor).WithTags("Articles").WithQuery();
        DraftArticle.Map(articles);
        GetArticle.Map(articles);
        ReviseArticle.Map(articles);
        PublishArticle.Map(articles);
    }
}
