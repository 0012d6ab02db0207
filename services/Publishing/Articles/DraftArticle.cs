using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using NewsPlatform.Publishing.Events;
using NewsPlatform.Publishing.Idempotency;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Articles;

public static class DraftArticle
{
    public static ArticleDrafted Decide(Copy copy) => new(copy);

    public static void Map(RouteGroupBuilder articles) => articles.MapPost("/", Handle).WithSummary("Draft an article").WithETag();

    static async Task<Created<ArticleView>> Handle(
        Caller caller,
        CopyRequest request,
        CopyRules rules,
        IDocumentSession session,
        TimeProvider clock,
        HttpContext context,
        CancellationToken ct
    )
    {
        var id = Guid.CreateVersion7();
        var drafted = Decide(request.ToCopy(rules));
        CategoryAuthorization.Check(caller, drafted.Copy.Category);
        EventMetadata.Add(session, caller);
        session.Events.StartStream(id, drafted);
        var article = Article.Fold(id, [drafted])! with { Author = session.LastModifiedBy };
        await ArticleLinks.CheckAsync(caller, session, null, article, ct);
        DeskItem.Upsert(session, article, clock.GetUtcNow());
        var (view, location) = (ArticleView.Of(article), $"/api/articles/{id}");
        IdempotentResponse.Store(session, context, StatusCodes.Status201Created, view, view.Version, view.Id, location);
        try
        {
            await session.SaveChangesAsync(ct);
        }
        catch (JasperFx.DocumentAlreadyExistsException)
        {
            throw ProblemException.Unavailable("The same request is under way; try again.", TimeSpan.FromSeconds(1));
        }
        context.SetETag(article);
        return TypedResults.Created(location, view);
    }
}
