using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using JasperFx.Events;
using Marten;
using Microsoft.AspNetCore.Http.HttpResults;
using NewsPlatform.Publishing.Events;
using NewsPlatform.Publishing.Idempotency;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Articles;

/// <summary>
/// <c>fields</c> are of <see cref="Masking.Known"/>; <c>text</c>, such as a person's name, becomes <c>replacement</c> wherever it stands.
/// One of them is required, and so is <c>reason</c>, which the history shows.
/// </summary>
public sealed record MaskRequest(IReadOnlyList<string>? Fields, string? Text, string? Replacement, string? Reason);

/// <summary>
/// Takes personal data out of an article for good, in every version of it, as those whom it is about may ask for. The bodies of its events
/// are overwritten, and what follows from them with them, in the transaction that appends the trace: there is no moment at which
/// only a part is masked. Marten's rules for masking are made once for each type of event; what is masked here is said by the request.
/// </summary>
public static class MaskArticle
{
    public static void Map(RouteGroupBuilder articles) =>
        articles.MapPost("/{id:guid}/mask", Handle).WithSummary("Mask personal data in every version");

    static Task<Ok<ArticleView>> Handle(
        Guid id,
        IfMatch ifMatch,
        MaskRequest request,
        IDocumentSession session,
        TimeProvider clock,
        HttpContext context,
        CancellationToken ct
    )
    {
        var masking = Masking.Of(request);
        var reason = TextRules.Required("reason", request.Reason);
        if (masking.IsIn(reason))
        {
            throw ProblemException.RuleViolation("reason", "may not contain the text: it stays");
        }
        return session.RewriteAsync(
            context,
            id,
            ifMatch,
            article => MaskAsync(session, article, masking, reason, clock.GetUtcNow(), ct),
            ct
        );
    }

    /// <summary>The article without what is masked, and the trace of that; no event when there was nothing to mask.</summary>
    static async Task<(Article, IReadOnlyList<object>)> MaskAsync(
        IDocumentSession session,
        Article article,
        Masking masking,
        string reason,
        DateTimeOffset now,
        CancellationToken ct
    )
    {
        var serializer = session.DocumentStore.Options.Serializer();
        var events = await session.Events.FetchStreamAsync(article.Id, article.Version, token: ct);
        await MoveAsync(session, article.Id, events, masking, ct);
        var changed = false;
        foreach (var e in events)
        {
            if (Masked(e, masking, serializer) is { } masked)
            {
                changed = true;
                e.GetType().GetProperty(nameof(IEvent.Data))!.SetValue(e, masked);
                session.Events.OverwriteEvent(e);
            }
        }
        if (masking.Fields.Contains(Masking.Actors))
        {
            changed |= HideActors(session, article.Id, events);
        }
        if (!changed)
        {
            return (article, []);
        }
        foreach (var answer in await session.QueryAsync<StoredResponse>("where d.data ->> 'body' like ?", ct, $"%{article.Id}%"))
        {
            session.Store(answer with { Body = masking.Of(JsonNode.Parse(answer.Body))!.ToJsonString() });
        }
        var after = Article.Fold(article.Id, events.Select(e => e.Data))! with { Author = events[0].UserName };
        var isPublic = JsonSerializer.Serialize(article.Public) != JsonSerializer.Serialize(after.Public);
        return (after, [new ArticleMasked(now, reason, masking.Fields, isPublic)]);
    }

    /// <summary>The event's body without what is masked; null when that is what it is.</summary>
    static object? Masked(IEvent e, Masking masking, ISerializer serializer)
    {
        var body = JsonNode.Parse(serializer.ToJson(e.Data))!;
        var masked = masking.Of(body)!;
        if (JsonNode.DeepEquals(body, masked))
        {
            return null;
        }
        using var json = new MemoryStream(Encoding.UTF8.GetBytes(masked.ToJsonString()));
        return serializer.FromJson(e.EventType, json);
    }

    /// <summary>Whether anybody was named there, or meant by an id. Who masked something, and the platform itself, stay.</summary>
    static bool HideActors(IDocumentSession session, Guid id, IReadOnlyList<IEvent> events)
    {
        var named = events
            .Where(e =>
                e.Data is not ArticleMasked
                && (
                    e.UserName is not (null or Masking.Somebody or Caller.PlatformId)
                    || e.GetHeader(EventMetadata.ActorHeader) is { } actor && actor.ToString() != Caller.PlatformId
                )
            )
            .ToArray();
        foreach (var e in named)
        {
            e.UserName = Masking.Somebody;
            e.Headers?.Remove(EventMetadata.ActorHeader);
        }
        if (named.Length > 0)
        {
            session.QueueSqlCommand(
                $"""
                update mt_events set user_name = ?, headers = headers - '{EventMetadata.ActorHeader}'
                where stream_id = ? and version = any(?)
                """,
                Masking.Somebody,
                id,
                named.Select(e => e.Version).ToArray()
            );
            session.QueueSqlCommand("delete from article_lock where article_id = ?", id);
        }
        return named.Length > 0;
    }

    /// <summary>An address that says what is masked is given up, and leads nowhere from now on.</summary>
    static async Task MoveAsync(IDocumentSession session, Guid id, IReadOnlyList<IEvent> events, Masking masking, CancellationToken ct)
    {
        var copies = events.Select(e => ArticleEvents.Describe(e.EventType).Copy(e.Data)).OfType<Copy>().ToArray();
        var told = events.Select(e => ArticleEvents.Describe(e.EventType).Slug(e.Data));
        var addresses = copies
            .SelectMany(copy => new[] { copy.Slug, Slug.Of(copy.Headline), Slug.Distinct(Slug.Of(copy.Headline), id) })
            .Concat(told)
            .OfType<string>()
            .Distinct()
            .Where(address => masking.OfSlug(address) != address)
            .ToArray();
        var keys = copies
            .Select(copy => copy.Language)
            .Distinct()
            .SelectMany(language => addresses.Select(address => $"{language}/{address}"))
            .ToArray();
        foreach (var taken in (await session.LoadManyAsync<Slug>(ct, keys)).Where(taken => taken.ArticleId == id))
        {
            var (language, address) = (
                taken.Key[..taken.Key.IndexOf('/', StringComparison.Ordinal)],
                taken.Key[(taken.Key.IndexOf('/', StringComparison.Ordinal) + 1)..]
            );
            var free = masking.OfSlug(address);
            if (await session.LoadAsync<Slug>($"{language}/{free}", ct) is { } others && others.ArticleId != id)
            {
                free = Slug.Distinct(free, id);
            }
            masking.Moved[address] = free;
            session.Delete<Slug>(taken.Key);
            session.Store(new Slug($"{language}/{free}", id));
        }
    }
}
