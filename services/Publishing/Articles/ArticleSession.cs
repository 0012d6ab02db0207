using System.Runtime.CompilerServices;
using JasperFx.Events;
using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using NewsPlatform.Publishing.Events;
using NewsPlatform.Publishing.Idempotency;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Articles;

/// <summary>Reading and appending to an article's stream, each append on the version that was decided on.</summary>
public static class ArticleSession
{
    /// <exception cref="ProblemException">404, or 403 when it is of a category that who asks may not act on.</exception>
    public static async Task<Article> FetchArticleAsync(this IQuerySession session, Caller caller, Guid id, CancellationToken ct) =>
        CategoryAuthorization.Check(
            caller,
            Folded(id, await session.FetchEventsAsync(id, ct)) ?? throw ProblemException.NotFound("article")
        );

    static Article? Folded(Guid id, IReadOnlyList<IEvent> events) =>
        events is [var first, ..] ? Article.Fold(id, events.Select(e => e.Data))! with { Author = first.UserName } : null;

    /// <summary>What happened to an article; nothing of a stream that is no article's, such as a key's.</summary>
    /// <param name="version">Up to which; 0 for all of it.</param>
    public static async Task<IReadOnlyList<IEvent>> FetchEventsAsync(
        this IQuerySession session,
        Guid id,
        CancellationToken ct,
        long version = 0
    ) => await session.Events.FetchStreamAsync(id, version, token: ct) is [{ Data: ArticleDrafted }, ..] events ? events : [];

    /// <summary>The same, a few at a time, for who needs not all of them at once: each may hold a body of a megabyte.</summary>
    public static async IAsyncEnumerable<IEvent> EventsAsync(
        this IQuerySession session,
        Guid id,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        for (var next = 1L; ; next += EventsAtOnce)
        {
            var events = await session.Events.FetchStreamAsync(id, next + EventsAtOnce - 1, fromVersion: next, token: ct);
            if (next == 1 && events is not [{ Data: ArticleDrafted }, ..])
            {
                yield break;
            }
            foreach (var e in events)
            {
                yield return e;
            }
            if (events.Count < EventsAtOnce)
            {
                yield break;
            }
        }
    }

    const int EventsAtOnce = 20;

    /// <summary>
    /// Decides on the article as it is, stores what was decided, or nothing when that is no event, and answers with the article as it is
    /// then and its ETag.
    /// </summary>
    /// <param name="decideOthers">Decides on every translation too, to be stored in the same transaction; null leaves them alone.</param>
    /// <exception cref="ProblemException">404, 412, or what <paramref name="decide"/> refuses.</exception>
    public static Task<Ok<ArticleView>> ActAsync(
        this IDocumentSession session,
        HttpContext context,
        Guid id,
        IfMatch ifMatch,
        Func<Article, Task<IReadOnlyList<object>>> decide,
        CancellationToken ct,
        Func<Article, IReadOnlyList<object>>? decideOthers = null
    ) => session.RewriteAsync(context, id, ifMatch, async article => (article, await decide(article)), ct, decideOthers);

    /// <summary>The same for an act that also rewrites what is stored.</summary>
    /// <param name="decide">Answers the article as the rewritten events make it, and what happens to that.</param>
    public static async Task<Ok<ArticleView>> RewriteAsync(
        this IDocumentSession session,
        HttpContext context,
        Guid id,
        IfMatch ifMatch,
        Func<Article, Task<(Article Basis, IReadOnlyList<object> Events)>> decide,
        CancellationToken ct,
        Func<Article, IReadOnlyList<object>>? decideOthers = null
    )
    {
        var caller = Caller.Of(context)!;
        var article = await session.FetchArticleAsync(caller, id, ct);
        if (!ifMatch.Matches(article.Version))
        {
            throw ProblemException.Stale(article.Version);
        }
        var (basis, events) = await decide(article);
        var change = ArticleChange.Of(caller, basis, events);
        await ArticleLinks.CheckAsync(caller, session, article, change.After, ct);
        var others = decideOthers is null
            ? null
            : (await session.FetchTranslationsAsync(article, ct))
                .Select(other => ArticleChange.OfTranslation(caller, other, decideOthers(other)))
                .ToArray();
        var told = others
            ?.Select(other => other.After)
            .Where(other => CategoryAuthorization.Reaches(caller, other))
            .Select(TranslationView.Of);
        var view = ArticleView.Of(change.After) with { Translations = told is null ? null : [.. told] };
        IReadOnlyList<ArticleChange> changes = [.. (others ?? []).Prepend(change).Where(c => c.Events.Count > 0)];
        if (changes.Count > 0 || IdempotentResponse.IsWanted(context))
        {
            EventMetadata.Add(session, caller);
            var now = context.RequestServices.GetRequiredService<TimeProvider>().GetUtcNow();
            foreach (var c in changes)
            {
                c.Keep(session, now);
            }
            IdempotentResponse.Store(session, context, StatusCodes.Status200OK, view, view.Version, view.Id);
            await session.SaveAsync(caller, article, ct);
        }
        context.SetETag(change.After);
        return TypedResults.Ok(view);
    }

    static async Task SaveAsync(this IDocumentSession session, Caller caller, Article article, CancellationToken ct)
    {
        try
        {
            await session.SaveChangesAsync(ct);
        }
        catch (JasperFx.DocumentAlreadyExistsException)
        {
            throw Again("Another request took the same address, or the same Idempotency-Key, at the same moment; try again.");
        }
        catch (Exception e) when (e is EventStreamUnexpectedMaxEventIdException or JasperFx.ConcurrencyException)
        {
            await using var fresh = session.DocumentStore.QuerySession();
            var now = await fresh.FetchArticleAsync(caller, article.Id, ct);
            throw now.Version == article.Version
                ? Again("Somebody wrote to a translation at the same moment; try again.")
                : ProblemException.Stale(now.Version);
        }
    }

    static ProblemException Again(string why) => ProblemException.Unavailable(why, TimeSpan.FromSeconds(1));

    /// <summary>The other articles of its story, also those that are not for who asks.</summary>
    static async Task<IReadOnlyList<Article>> FetchTranslationsAsync(this IQuerySession session, Article article, CancellationToken ct)
    {
        var ids = await session
            .Query<DeskItem>()
            .Where(item => item.StoryId == article.StoryId && item.Id != article.Id)
            .OrderBy(item => item.Id)
            .Take(MaxTranslations + 1)
            .Select(item => item.Id)
            .ToListAsync(ct);
        if (ids.Count > MaxTranslations)
        {
            throw ProblemException.RuleViolation("translations", $"are more than {MaxTranslations}; act on them one by one");
        }
        var translations = new List<Article>(ids.Count);
        foreach (var id in ids)
        {
            translations.Add(Folded(id, await session.FetchEventsAsync(id, ct)) ?? throw ProblemException.NotFound("article"));
        }
        return translations;
    }

    /// <summary>Of one story, that one request acts on.</summary>
    const int MaxTranslations = 100;

    public static void SetETag(this HttpContext context, Article article) => context.Response.Headers.ETag = $"\"{article.Version}\"";
}
