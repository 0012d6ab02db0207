using Marten;
using NewsPlatform.Publishing.Articles;
using NewsPlatform.Publishing.Events;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Import;

/// <summary>Stores the articles of some lines in one transaction, with one query for all that is known of them.</summary>
public sealed class ImportBatch(Caller caller, IDocumentStore store, TimeProvider clock, bool publish, ILogger log)
{
    /// <summary>A result for every entry, in their order, once all that they say is stored.</summary>
    public async Task<IReadOnlyList<ImportResult>> StoreAsync(IReadOnlyList<ImportEntry> entries, CancellationToken ct)
    {
        try
        {
            return await TryStoreAsync(entries, ct);
        }
        catch (Exception e) when (entries.Count > 1 && (IsConflict(e) || RefusedBy(e) is not null))
        {
            // Somebody wrote to one of the articles meanwhile, or the database does not take it; one by one, only that one is concerned.
            var results = new List<ImportResult>(entries.Count);
            foreach (var entry in entries)
            {
                results.AddRange(await StoreAsync([entry], ct));
            }
            return results;
        }
        catch (Exception e) when (IsConflict(e))
        {
            return
            [
                new(
                    entries[0].Line,
                    ImportOutcome.Rejected,
                    entries[0].Id,
                    "id: somebody else wrote to the article at the same moment; import it again"
                ),
            ];
        }
        catch (Exception e) when (RefusedBy(e) is { } refused)
        {
            log.LogError(
                "Line {Line} of an import is not taken by PostgreSQL: {SqlState} {Fault}",
                entries[0].Line,
                refused.SqlState,
                refused.MessageText
            );
            return
            [
                new(
                    entries[0].Line,
                    ImportOutcome.Rejected,
                    entries[0].Id,
                    "item: the store does not take it; the operators' log says why"
                ),
            ];
        }
    }

    /// <summary>PostgreSQL's classes of faults that lie in what is stored: 22 and 23, data and constraints; 54, limits.</summary>
    static Npgsql.PostgresException? RefusedBy(Exception? fault) =>
        fault switch
        {
            null => null,
            Npgsql.PostgresException { SqlState: ['2', '2' or '3', ..] or ['5', '4', ..] } refused => refused,
            _ => RefusedBy(fault.InnerException),
        };

    static bool IsConflict(Exception e) =>
        e
            is JasperFx.ConcurrencyException
                or Marten.Exceptions.ExistingStreamIdCollisionException
                or JasperFx.Events.ExistingStreamIdCollisionException
                or JasperFx.DocumentAlreadyExistsException
                or JasperFx.Events.EventStreamUnexpectedMaxEventIdException;

    async Task<IReadOnlyList<ImportResult>> TryStoreAsync(IReadOnlyList<ImportEntry> entries, CancellationToken ct)
    {
        await using var session = store.LightweightSession();
        EventMetadata.Add(session, caller);
        var articles = await KnownAsync(session, entries, ct);
        var slugs = await TakenAsync(session, entries, ct);
        var links = await ArticleLinks.LoadAsync(caller, session, entries.Select(entry => entry.Article?.Copy).OfType<Copy>(), ct);
        var appended = new Dictionary<Guid, (long Before, List<object> Events)>();

        var results = entries.Select(entry => Decide(entry)).ToList();
        foreach (var (id, (before, events)) in appended)
        {
            if (before == 0)
            {
                session.Events.StartStream(id, events);
            }
            else
            {
                session.Events.Append(id, before + events.Count, events);
            }
            DeskItem.Upsert(session, articles[id], clock.GetUtcNow());
        }
        await session.SaveChangesAsync(ct);
        return results;

        ImportResult Decide(ImportEntry entry)
        {
            if (entry.Article is not { } line)
            {
                return new(entry.Line, ImportOutcome.Rejected, entry.Id, entry.Reason);
            }
            var article = articles.GetValueOrDefault(line.Id);
            try
            {
                CategoryAuthorization.Check(
                    caller,
                    [.. article is null ? [] : CategoryAuthorization.Categories(article), line.Copy.Category]
                );
            }
            catch (ProblemException problem)
            {
                return new(entry.Line, ImportOutcome.Rejected, line.Id, problem.Message);
            }
            var (outcome, events, reason) = ImportDecision.Decide(
                article,
                line.Copy,
                line.Digest,
                FreeSlug(line),
                line.PublishedAt,
                line.UpdatedAt,
                publish && !line.Draft
            );
            if (events.Count > 0)
            {
                var after = events.Aggregate(article, (current, e) => Article.Apply(line.Id, current, e))!;
                try
                {
                    links.Check(article, CategoryAuthorization.Check(caller, after));
                }
                catch (ProblemException problem)
                {
                    return new(entry.Line, ImportOutcome.Rejected, line.Id, problem.Message);
                }
                links.Know(after, clock.GetUtcNow());
                if (!appended.TryGetValue(line.Id, out var stream))
                {
                    appended[line.Id] = stream = (article?.Version ?? 0, []);
                }
                stream.Events.AddRange(events);
                articles[line.Id] = after with { Author = article is null ? session.LastModifiedBy : article.Author };
                if (article?.Public is null)
                {
                    Take(line.Id, line.Copy.Language, events);
                }
            }
            return new(entry.Line, outcome, line.Id, reason, outcome == ImportOutcome.Imported ? entry.Note : null);
        }

        string FreeSlug(ImportArticle line) =>
            slugs.TryGetValue($"{line.Copy.Language}/{line.Slug}", out var owner) && owner != line.Id
                ? Slug.Distinct(line.Slug, line.Id)
                : line.Slug;

        void Take(Guid id, string language, IReadOnlyList<object> events)
        {
            foreach (var slug in events.OfType<ArticlePublished>().Select(e => $"{language}/{e.Slug}"))
            {
                if (slugs.TryAdd(slug, id))
                {
                    session.Insert(new Slug(slug, id));
                }
            }
        }
    }

    static async Task<Dictionary<Guid, Article>> KnownAsync(IQuerySession session, IReadOnlyList<ImportEntry> entries, CancellationToken ct)
    {
        var ids = entries.Where(e => e.Article is not null).Select(e => e.Article!.Id).Distinct().ToArray();
        var events = await session.Events.QueryAllRawEvents().Where(e => e.StreamId.IsOneOf(ids)).OrderBy(e => e.Version).ToListAsync(ct);
        return events
            .GroupBy(e => e.StreamId)
            .Where(stream => stream.First().Data is ArticleDrafted)
            .ToDictionary(
                stream => stream.Key,
                stream => Article.Fold(stream.Key, stream.Select(e => e.Data))! with { Author = stream.First().UserName }
            );
    }

    static async Task<Dictionary<string, Guid>> TakenAsync(IQuerySession session, IReadOnlyList<ImportEntry> entries, CancellationToken ct)
    {
        var keys = entries
            .Where(e => e.Article is not null)
            .Select(e => $"{e.Article!.Copy.Language}/{e.Article.Slug}")
            .Distinct()
            .ToArray();
        return (await session.LoadManyAsync<Slug>(ct, keys)).ToDictionary(slug => slug.Key, slug => slug.ArticleId);
    }
}
