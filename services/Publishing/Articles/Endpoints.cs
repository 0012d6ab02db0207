using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Articles;

public static class Endpoints
{
    public static void MapArticles(this IEndpointRouteBuilder app)
    {
        var articles = app.MapGroup("/api/articles").RequireAuthorization(Roles.Editor).WithTags("Articles").WithQuery();
        var drafts = app.MapGroup("/api/articles").RequireAuthorization(Roles.Reporter).WithTags("Articles").WithQuery();
        DraftArticle.Map(drafts);
        GetArticle.Map(drafts);
        ReviseArticle.Map(drafts);
        PublishArticle.Map(articles);
    }
}
