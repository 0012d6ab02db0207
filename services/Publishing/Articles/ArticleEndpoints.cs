using NewsPlatform.Publishing.Idempotency;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Articles;

public static class ArticleEndpoints
{
    public static void MapArticles(this IEndpointRouteBuilder app)
    {
        var drafts = Writing(Roles.Reporter);
        DraftArticle.Map(drafts);
        GetArticle.Map(drafts);
        RevertArticle.Map(drafts);
        foreach (var act in LifeCycle.Acts)
        {
            act.Map(Writing(act.Role));
        }
        LockArticle.Map(Group(Roles.Reporter));
        MaskArticle.Map(Writing(Roles.Admin));
        GetHistory.Map(Group(Roles.Reporter).WithQuery("after", "limit", "from", "to"));

        RouteGroupBuilder Writing(string role) =>
            Group(role).WithQuery().WithIdempotency(access: (session, caller, id, ct) => session.FetchArticleAsync(caller, id, ct));

        RouteGroupBuilder Group(string role) => app.MapGroup("/api/articles").RequireAuthorization(role).WithTags("Articles");
    }
}
