using Marten;
using NewsPlatform.Contracts;
using NewsPlatform.Publishing.Events;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Articles;

/// <summary>
/// Does what is due, each once, whichever instance gets there first: a due article is taken by a row lock that is held until its events
/// are stored, and the same transaction takes it off the timetable. What was due while nothing ran is done at the next look. The time is
/// that of the store, so that all instances have one clock and none of them does anything early because its own has jumped.
/// </summary>
public sealed class Scheduler(IDocumentStore store, TimeProvider clock, ILogger<Scheduler> log)
    : PeriodicService(interval, clock, log, "What is due cannot be done")
{
    static readonly TimeSpan interval = TimeSpan.FromMilliseconds(200);
    static readonly TimeSpan retry = TimeSpan.FromSeconds(2);
    static readonly System.Diagnostics.Metrics.Histogram<double> lateness = Telemetry.DelayHistogram(
        "news.timetable.delay",
        "From the time that was set to its being done"
    );

    readonly TimeProvider clock = clock;

    /// <summary>Since when, by <see cref="TimeProvider.GetTimestamp"/>.</summary>
    readonly Dictionary<Guid, long> postponed = [];

    /// <summary>What a due article's time brings; nothing when its turn has passed, been moved or been called off.</summary>
    public static IReadOnlyList<object> Decide(Article article, string slug, DateTimeOffset now) =>
        article switch
        {
            { Scheduled: { } scheduled } when scheduled.PublishAt <= now && !(article.Embargo?.Until > now) =>
            [
                new ArticlePublished(slug, article.Public?.PublishedAt ?? now, now, Scheduled: true),
            ],
            { Scheduled: null, UnpublishAt: { } at, Public.Status: PubStatus.Usable } when at <= now => [new ArticleUnpublished(now, null)],
            _ => [],
        };

    protected override async Task RunOnceAsync(CancellationToken ct)
    {
        while (await DoOneAsync(ct)) { }
    }

    /// <summary>Whether there was anything to do.</summary>
    async Task<bool> DoOneAsync(CancellationToken ct)
    {
        await using var session = store.LightweightSession();
        await session.BeginTransactionAsync(ct);
        var waiting = postponed.Where(p => clock.GetElapsedTime(p.Value) < retry).Select(p => p.Key).ToArray();
        var due = (
            await session.QueryAsync<DueArticle>(
                "where d.at <= now() and d.id <> all(?) order by d.at limit 1 for update skip locked",
                ct,
                waiting
            )
        ).SingleOrDefault();
        if (due is null)
        {
            return false;
        }
        try
        {
            await DoAsync(session, due, (await session.AdvancedSql.QueryAsync<DateTimeOffset>("select now()", ct)).Single(), ct);
            postponed.Remove(due.Id);
        }
        catch (Exception fault) when (!ct.IsCancellationRequested && !TransientFault.IsTransient(fault))
        {
            // An editor was faster, or something is wrong with this one; the others must not wait for it.
            postponed[due.Id] = clock.GetTimestamp();
            log.LogWarning(
                "What was set for {At} was not done to {ArticleId}; trying again in {Seconds} s: {Fault}",
                due.At,
                due.Id,
                retry.TotalSeconds,
                fault.Message
            );
        }
        return true;
    }

    async Task DoAsync(IDocumentSession session, DueArticle due, DateTimeOffset now, CancellationToken ct)
    {
        var article = await session.FetchArticleAsync(Caller.Platform, due.Id, ct);
        var slug = article.Scheduled is { } scheduled ? await Slug.TakeAsync(session, article, scheduled.Copy, ct) : "";
        var events = Decide(article, slug, now);
        var after = events.Aggregate(article, (current, e) => Article.Apply(article.Id, current, e)!);
        if (events.Count > 0)
        {
            EventMetadata.Add(session, Caller.Platform);
            session.Events.Append(article.Id, article.Version + events.Count, events);
            DeskItem.Upsert(session, after, now);
        }
        DueArticle.Upsert(session, article, after);
        if (DueArticle.Of(after) is null)
        {
            session.Delete<DueArticle>(due.Id);
        }
        await session.SaveChangesAsync(ct);
        if (events.Count > 0)
        {
            lateness.Record((now - due.At).TotalSeconds);
            log.LogInformation("As set for {At}: {ArticleId} is {State}", due.At, article.Id, after.State.Word());
        }
    }
}
