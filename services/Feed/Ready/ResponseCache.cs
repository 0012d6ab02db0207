using System.Diagnostics.Metrics;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Ready;

/// <summary>
/// Keeps finished answers until the stories that they are made of change. Nothing is made before it is asked for, and nothing twice at
/// once, so a start needs no preparation and a rush on one page is one reading of the database.
/// </summary>
public sealed class ResponseCache(ChangeTracker changes, CacheStore store, WorkLimits limits, TimeProvider clock)
{
    static readonly Counter<long> answers = Telemetry.Meter.CreateCounter<long>(
        "news.feed.answers",
        description: "Answers by how they came about: ready, confirmed (nothing in them had changed) or made"
    );
    static readonly KeyValuePair<string, object?> ready = new("how", "ready"),
        confirmed = new("how", "confirmed"),
        made = new("how", "made");

    readonly SharedWork<CacheKey, CachedResponse> making = new();

    /// <summary>The answer that is ready for the one spelling of its address; null when there is none.</summary>
    public CachedResponse? Find(string target)
    {
        if (store.KeyOf(target) is not { } known || Current(known.Key, known.Language) is not { } already)
        {
            return null;
        }
        answers.Add(1, ready);
        return already;
    }

    /// <summary>The answer that is ready, or one that is made now.</summary>
    /// <param name="key">Tells it from every other answer.</param>
    /// <param name="language">Of all stories that it is made of; null when there may be several.</param>
    /// <param name="make">Null when there is nothing to be kept.</param>
    /// <param name="mark">Tells what it would be made of, for less than the making.</param>
    /// <exception cref="ProblemException">503 when it is not ready, and too much else is being made.</exception>
    public async Task<CachedResponse?> GetAsync(
        CacheKey key,
        string? language,
        Func<Task<Content?>> make,
        CancellationToken ct,
        Func<Task<string>>? mark = null,
        Term? term = null
    )
    {
        if (Current(key, language) is { } already)
        {
            answers.Add(1, ready);
            return already;
        }
        var mine = false;
        var response = await making.GetAsync(
            key,
            key.IsHead ? limits.Heads : limits.Others,
            () => Current(key, language),
            () =>
            {
                mine = true;
                return MakeAsync(key, language, make, mark, term);
            },
            ct
        );
        if (!mine)
        {
            answers.Add(1, ready);
        }
        return response;
    }

    CachedResponse? Current(CacheKey key, string? language)
    {
        if (store.Get(key) is not { } kept || kept.Change != changes.Of(language, out var complete) || kept.Until <= clock.GetUtcNow())
        {
            return null;
        }
        kept.Answer.Settle(complete);
        return kept.Answer;
    }

    async Task<CachedResponse?> MakeAsync(CacheKey key, string? language, Func<Task<Content?>> make, Func<Task<string>>? mark, Term? term)
    {
        // Before the reading: what changes meanwhile makes the answer old, not current.
        var change = changes.Of(language);
        var old = store.Get(key);
        var its = mark is null ? null : await mark();
        if (its is not null && its == old?.Mark && old.Until > clock.GetUtcNow() && change is not null)
        {
            await changes.TryLookAsync();
            answers.Add(1, confirmed);
            return Keep(key, language, old with { Answer = Dated(old.Answer, old), Change = change.Value });
        }
        if (await ReadAsync(make) is not { } content)
        {
            return null;
        }
        answers.Add(1, made);
        var response = old?.Answer.Says(content) is true
            ? Dated(old.Answer, old.Until > clock.GetUtcNow() ? old : null)
            : Dated(new(content, null), null);
        return change is null ? response : Keep(key, language, new(response, change.Value, its, term?.Until ?? DateTimeOffset.MaxValue));

        CachedResponse Dated(CachedResponse made, Kept? same)
        {
            var now = changes.Of(language, out var complete);
            made = made.Dated(ChangedAt(made, change, now, same, term));
            made.Settle(complete);
            return made;
        }
    }

    /// <summary>
    /// What was read while something changed is dated with nothing: it may be of before or of after. What says the same as before keeps its
    /// time only if it was that all the while; where changes were not looked at one by one, it may have said something else in between,
    /// elsewhere.
    /// </summary>
    static DateTimeOffset? ChangedAt(CachedResponse made, Change? before, Change? after, Kept? same, Term? term) =>
        before is not { } change || before != after || term is { From: null } ? null
        : same is not null && made.ChangedAt is { } at && change.Number - same.Change.Number <= 1 ? at
        : term?.From > change.At ? term.From
        : change.At;

    /// <summary>Who reads of a change here, also that a story is gone, finds nothing older anywhere else from then on.</summary>
    async Task<Content?> ReadAsync(Func<Task<Content?>> make)
    {
        Content? content;
        try
        {
            content = await make();
        }
        catch (ProblemException)
        {
            await changes.TryLookAsync();
            throw;
        }
        await changes.TryLookAsync();
        return content;
    }

    CachedResponse Keep(CacheKey key, string? language, Kept kept)
    {
        kept = kept with { Answer = kept.Answer.KeptAs(key, language, kept.Change, kept.Until) };
        store.Set(key, language, kept);
        return kept.Answer;
    }
}
