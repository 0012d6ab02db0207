using NewsPlatform.Publishing.Desk;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Articles;

public static class ArticleEndpoints
{
    public static void MapArticles(this IEndpointRouteBuilder app)
    {
        var articles = app.MapGroup("/api/articles").RequireAuthorization(Roles.Editor).WithTags("Articles").WithQuery().WithIdempotency();
        var drafts = app.MapGroup("/api/articles").RequireAuthorization(Roles.Reporter).WithTags("Articles").WithQuery().WithIdempotency();
        DraftArticle.Map(drafts);
        GetArticle.Map(drafts);
        ReviseArticle.Map(drafts);
        RevertArticle.Map(drafts);
        SubmitArticle.Map(drafts);
        ReturnArticle.Map(articles);
        ScheduleArticle.Map(articles);
        UnscheduleArticle.Map(articles);
        EmbargoArticle.Map(articles);
        PublishArticle.Map(articles);
        UpdateArticle.Map(articles);
        CorrectArticle.Map(articles);
        UnpublishArticle.Map(articles);
        KillArticle.Map(articles);
        var desk = app.MapGroup("/api/articles").RequireAuthorization(Roles.Reporter).WithTags("Articles");
        GetArticles.Map(desk);
        GetDue.Map(desk);
        LockArticle.Map(desk);
        MaskArticle.Map(app.MapGroup("/api/articles").RequireAuthorization(Roles.Admin).WithTags("Articles").WithQuery().WithIdempotency());
        GetHistory.Map(
            app.MapGroup("/api/articles")
                .RequireAuthorization(Roles.Reporter)
                .WithTags("Articles")
                .WithQuery("after", "limit", "from", "to")
        );
    }
}
