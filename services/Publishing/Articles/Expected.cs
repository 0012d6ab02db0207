using System.Globalization;
using System.Reflection;
using JasperFx.Events;
using Marten;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.AspNetCore.Http.HttpResults;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Articles;

/// <summary>The version that a writer means, from If-Match (RFC 9110, section 13.1.1): an ETag of the article, or <c>*</c> for any.</summary>
public sealed record Expected(long? Version) : IEndpointParameterMetadataProvider
{
    public static void PopulateMetadata(ParameterInfo parameter, EndpointBuilder builder) => builder.Metadata.Add(new NeedsVersion());

    /// <exception cref="Refusal">428 when the header is absent, 400 when it is no ETag of an article.</exception>
    public static ValueTask<Expected> BindAsync(HttpContext context)
    {
        var header = context.Request.Headers.IfMatch.ToString();
        if (header.Length == 0)
        {
            throw Refusal.PreconditionRequired();
        }
        if (header == "*")
        {
            return new(new Expected((long?)null));
        }
        return long.TryParse(header.Trim('"'), NumberStyles.None, CultureInfo.InvariantCulture, out var version) && header == $"\"{version}\""
            ? new(new Expected(version))
            : throw Refusal.Unreadable("If-Match", "must be the ETag of a version, such as \"3\", or *");
    }
}

/// <summary>Reading and appending to an article's stream, each append on the version that was decided on.</summary>
public static class ArticleSession
{
    /// <exception cref="Refusal">404, or 403 when it is of a category that who asks may not act on.</exception>
    public static async Task<Article> FetchArticleAsync(this IQuerySession session, Guid id, CancellationToken ct) => Scope.Check(
        Article.Fold(id, (await session.Events.FetchStreamAsync(id, token: ct)).Select(e => e.Data)) ?? throw Refusal.NotFound("article"));

    /// <summary>Decides on the article as it is and stores what was decided; nothing when that is no event.</summary>
    /// <exception cref="Refusal">404, 412, or what <paramref name="decide"/> refuses.</exception>
    static async Task<Article> ChangeAsync(this IDocumentSession session, HttpContext context, Guid id, Expected expected,
        Func<Article, Task<IReadOnlyList<object>>> decide, CancellationToken ct)
    {
        var article = await session.FetchArticleAsync(id, ct);
        if (expected.Version is { } version && version != article.Version)
        {
            throw Refusal.Stale(article.Version);
        }
        var events = await decide(article);
        if (events.Count == 0 && !Idempotency.IsPending(context))
        {
            return article;
        }
        var after = events.Aggregate(article, (current, e) => Article.Apply(id, current, e)!);
        Scope.Check(after);
        if (events.Count > 0)
        {
            ArticleRelay.Trace(session);
            session.Events.Append(id, article.Version + events.Count, events);
            Due.Keep(session, article, after);
        }
        Idempotency.Keep(session, context, StatusCodes.Status200OK, ArticleView.Of(after));
        try
        {
            await session.SaveChangesAsync(ct);
        }
        catch (JasperFx.DocumentAlreadyExistsException)
        {
            throw new Refusal(503, "unavailable", "Another request took the same address, or the same Idempotency-Key, at the same moment; try again.") { Headers = { ["Retry-After"] = "1" } };
        }
        catch (Exception e) when (e is EventStreamUnexpectedMaxEventIdException or JasperFx.ConcurrencyException)
        {
            await using var fresh = session.DocumentStore.QuerySession();
            throw Refusal.Stale((await fresh.FetchArticleAsync(id, ct)).Version);
        }
        return after;
    }

    /// <summary>An act's answer: the article as it is after it, with its ETag.</summary>
    public static async Task<Ok<ArticleView>> ActAsync(this IDocumentSession session, HttpContext context, Guid id, Expected expected,
        Func<Article, Task<IReadOnlyList<object>>> decide, CancellationToken ct)
    {
        var article = await session.ChangeAsync(context, id, expected, decide, ct);
        context.SetETag(article);
        return TypedResults.Ok(ArticleView.Of(article));
    }

    public static void SetETag(this HttpContext context, Article article) => context.Response.Headers.ETag = $"\"{article.Version}\"";
}
