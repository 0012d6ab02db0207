using Marten;
using NewsPlatform.Publishing.Articles;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Import;

/// <summary>A line as it was read: an item, or the reason why it is none.</summary>
public sealed record ImportEntry(int Line, ImportItem? Item, string? Reason);

/// <summary>Stores the articles of some lines in one transaction, with one query for all that is known of them.</summary>
public sealed class ImportBatch(IDocumentStore store, CopyRules rules, TimeProvider clock, bool publish)
{
    /// <summary>A result for every entry, in their order, once all that they say is stored.</summary>
    public async Task<IReadOnlyList<ImportResult>> StoreAsync(IReadOnlyList<ImportEntry> entries, CancellationToken ct)
    {
        try
        {
            return await TryStoreAsync(entries, ct);
        }
        catch (Exception e) when (entries.Count > 1 && IsConflict(e))
        {
            // Somebody wrote to one of the articles meanwhile; one by one, only that one is concerned.
            var results = new List<ImportResult>(entries.Count);
            foreach (var entry in entries)
            {
                results.AddRange(await StoreAsync([entry], ct));
            }
            return results;
        }
        catch (Exception e) when (IsConflict(e))
        {
            return [new(entries[0].Line, ImportOutcome.Rejected, entries[0].Item?.ArticleId, "id: somebody else wrote to the article at the same moment; import it again")];
        }
    }

    static bool IsConflict(Exception e) => e is JasperFx.ConcurrencyException or Marten.Exceptions.ExistingStreamIdCollisionException or JasperFx.Events.ExistingStreamIdCollisionException or JasperFx.DocumentAlreadyExistsException
        or JasperFx.Events.EventStreamUnexpectedMaxEventIdException;

    async Task<IReadOnlyList<ImportResult>> TryStoreAsync(IReadOnlyList<ImportEntry> entries, CancellationToken ct)
    {
        await using var session = store.LightweightSession();
        ArticleRelay.Trace(session);
        var articles = await KnownAsync(session, entries, ct);
        var slugs = await TakenAsync(session, entries, ct);
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
        }
        await session.SaveChangesAsync(ct);
        return results;

        ImportResult Decide(ImportEntry entry)
        {
            if (entry.Item is not { } item)
            {
                return new(entry.Line, ImportOutcome.Rejected, null, entry.Reason);
            }
            try
            {
                var now = clock.GetUtcNow();
                var copy = item.Check(rules, now);
                var id = item.ArticleId;
                var article = articles.GetValueOrDefault(id);
                Scope.Check(article, copy.Category);
                var publishedAt = item.PublishedAt ?? now;
                var (outcome, events, reason) = ImportDecision.Decide(article, copy, item.Digest, SlugFor(id, copy), publishedAt, item.UpdatedAt ?? publishedAt, publish);
                if (events.Count > 0)
                {
                    if (!appended.TryGetValue(id, out var stream))
                    {
                        appended[id] = stream = (article?.Version ?? 0, []);
                    }
                    stream.Events.AddRange(events);
                    articles[id] = events.Aggregate(article, (current, e) => Article.Apply(id, current, e))!;
                    Take(id, copy.Language, events);
                }
                return new(entry.Line, outcome, id, reason);
            }
            catch (Refusal refusal)
            {
                return new(entry.Line, ImportOutcome.Rejected, item.Id, refusal.Message);
            }
        }

        string SlugFor(Guid id, Copy copy)
        {
            var slug = Slug.Of(copy.Headline);
            return slugs.TryGetValue($"{copy.Language}/{slug}", out var owner) && owner != id ? Slug.Distinct(slug, id) : slug;
        }

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
        var ids = entries.Where(e => e.Item is not null).Select(e => e.Item!.ArticleId).Distinct().ToArray();
        var events = await session.Events.QueryAllRawEvents().Where(e => e.StreamId.IsOneOf(ids)).OrderBy(e => e.Version).ToListAsync(ct);
        return events.GroupBy(e => e.StreamId).ToDictionary(stream => stream.Key, stream => Article.Fold(stream.Key, stream.Select(e => e.Data))!);
    }

    static async Task<Dictionary<string, Guid>> TakenAsync(IQuerySession session, IReadOnlyList<ImportEntry> entries, CancellationToken ct)
    {
        var keys = entries.Where(e => e.Item is { Headline: not null }).Select(e => $"{e.Item!.Language}/{Slug.Of(e.Item.Headline!)}").Distinct().ToArray();
        return (await session.LoadManyAsync<Slug>(ct, keys)).ToDictionary(slug => slug.Key, slug => slug.ArticleId);
    }
}
