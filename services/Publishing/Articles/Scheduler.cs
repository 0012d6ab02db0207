using Marten;
using NewsPlatform.Contracts;
using NewsPlatform.Publishing.Events;
using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Publishing.Articles;

/// <summary>
/// Does what is due, each once, whichever instance gets there first: a due article is taken by a row lock that is held until its events
/// are stored, and the same transaction takes it off the timetable. What was due while nothing ran is done at the next look. The time is
/// that of the store, so that all instances have one clock and none of them does anything early because its own has jumped.
/// </summary>
public sealed class Scheduler(IDocumentStore store, NpgsqlDataSource database, TimeProvider clock, ILogger<Scheduler> log)
    : BackgroundService
{
    /// <summary>Between two looks at the timetable, unless something is due earlier.</summary>
    static readonly TimeSpan interval = TimeSpan.FromSeconds(1);

    static readonly TimeSpan shortest = TimeSpan.FromMilliseconds(20);
    static readonly TimeSpan retry = TimeSpan.FromSeconds(2);
    static readonly System.Diagnostics.Metrics.Histogram<double> lateness = Telemetry.DelayHistogram(
        "news.timetable.delay",
        "From the time that was set to its being done"
    );

    /// <summary>How long the next thing has to wait by the store's clock.</summary>
    const string Next = "select greatest(min(at) - now(), interval '0') from mt_doc_due where id <> all($1) having count(*) > 0";

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

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        PostgresListener.ListenAsync(database, DueArticle.Changed, LookAsync, log, stoppingToken, interval);

    async Task LookAsync(CancellationToken ct)
    {
        while (await WaitAsync(ct) is { } wait && wait < interval)
        {
            // What is due already is perhaps another instance's just now.
            await Task.Delay(wait > shortest ? wait : shortest, clock, ct);
            while (await DoOneAsync(ct)) { }
        }
    }

    /// <summary>Null when nothing waits.</summary>
    async Task<TimeSpan?> WaitAsync(CancellationToken ct)
    {
        await using var next = database.Command(Next, (object)Postponed());
        return await next.ListAsync(row => row.GetTimeSpan(0), ct) is [var wait] ? wait : null;
    }

    /// <summary>What failed a moment ago.</summary>
    Guid[] Postponed() => [.. postponed.Where(p => clock.GetElapsedTime(p.Value) < retry).Select(p => p.Key)];

    /// <summary>Whether there was anything to do.</summary>
    async Task<bool> DoOneAsync(CancellationToken ct)
    {
        await using var session = store.LightweightSession();
        await session.BeginTransactionAsync(ct);
        var due = (
            await session.QueryAsync<DueArticle>(
                "where d.at <= now() and d.id <> all(?) order by d.at limit 1 for update skip locked",
                ct,
                Postponed()
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
