using System.Diagnostics.Metrics;
using Microsoft.Extensions.Caching.Memory;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Ready;

/// <summary>
/// Keeps finished answers until the stories that they are made of change. Nothing is made before it is asked for, and nothing twice at once, so a
/// start needs no preparation and a rush on one page is one reading of the database.
/// </summary>
public sealed class ReadyAnswers(LineClock lines, ReadyOptions options, TimeProvider clock) : IDisposable
{
    static readonly Counter<long> answers = Telemetry.Meter.CreateCounter<long>("news.feed.answers", description: "Answers by how they came about: ready, confirmed (nothing in them had changed) or made");
    static readonly KeyValuePair<string, object?> ready = new("how", "ready"), confirmed = new("how", "confirmed"), made = new("how", "made");

    readonly MemoryCache cache = new(new MemoryCacheOptions { SizeLimit = options.MaxMegabytes * 1_048_576L });
    readonly SemaphoreSlim[] making = [.. Enumerable.Range(0, 256).Select(_ => new SemaphoreSlim(1))];

    /// <param name="ChangedAt">When its language had last changed as the making began.</param>
    /// <param name="Mark">Tells what it was made of.</param>
    sealed record Kept(Answer Answer, DateTimeOffset ChangedAt, string? Mark, DateTimeOffset Until);

    /// <summary>The answer that is ready, or one that is made now.</summary>
    /// <param name="key">Tells it from every other answer.</param>
    /// <param name="language">Of all stories that it is made of; null when there may be several.</param>
    /// <param name="make">Null when there is nothing to be kept.</param>
    /// <param name="mark">Tells what it would be made of, for less than the making.</param>
    /// <param name="until">When it is to be made again although nothing has changed.</param>
    public async Task<Answer?> GetAsync(string key, string? language, Func<Task<Content?>> make, CancellationToken ct, Func<Task<string>>? mark = null, DateTimeOffset? until = null)
    {
        if (Current(key, language) is { } already)
        {
            answers.Add(1, ready);
            return already;
        }
        var one = making[(uint)key.GetHashCode(StringComparison.Ordinal) % making.Length];
        await one.WaitAsync(ct);
        try
        {
            if (Current(key, language) is { } meanwhile)
            {
                answers.Add(1, ready);
                return meanwhile;
            }
            return await MakeAsync(key, language, make, mark, until);
        }
        finally
        {
            one.Release();
        }
    }

    Answer? Current(string key, string? language) => cache.TryGetValue(key, out Kept? kept) && kept!.ChangedAt == lines.Of(language) && kept.Until > clock.GetUtcNow() ? kept.Answer : null;

    async Task<Answer?> MakeAsync(string key, string? language, Func<Task<Content?>> make, Func<Task<string>>? mark, DateTimeOffset? until)
    {
        // Before the reading: what changes meanwhile makes the answer old, not current.
        var changedAt = lines.Of(language);
        var old = cache.Get<Kept>(key);
        var its = mark is null ? null : await mark();
        if (its is not null && its == old?.Mark && old.Until > clock.GetUtcNow() && changedAt is not null)
        {
            answers.Add(1, confirmed);
            return Keep(key, old with { ChangedAt = changedAt.Value });
        }
        if (await ReadAsync(make) is not { } content)
        {
            return null;
        }
        answers.Add(1, made);
        var answer = old?.Answer.Says(content) is true ? old.Answer : new Answer(content, until is null ? changedAt : Later(changedAt, NextSecond()));
        return changedAt is null ? answer : Keep(key, new(answer, changedAt.Value, its, until ?? DateTimeOffset.MaxValue));
    }

    /// <summary>Who reads of a change here, also that a story is gone, finds nothing older anywhere else from then on.</summary>
    async Task<Content?> ReadAsync(Func<Task<Content?>> make)
    {
        Content? content;
        try
        {
            content = await make();
        }
        catch (Refusal)
        {
            await lines.TryLookAsync();
            throw;
        }
        await lines.TryLookAsync();
        return content;
    }

    DateTimeOffset NextSecond() => DateTimeOffset.FromUnixTimeSeconds(clock.GetUtcNow().ToUnixTimeSeconds() + 1);

    static DateTimeOffset? Later(DateTimeOffset? one, DateTimeOffset other) => one is null ? null : one > other ? one : other;

    Answer Keep(string key, Kept kept)
    {
        cache.Set(key, kept, new MemoryCacheEntryOptions { Size = kept.Answer.MaxSize });
        return kept.Answer;
    }

    public void Dispose()
    {
        cache.Dispose();
        Array.ForEach(making, one => one.Dispose());
    }
}
