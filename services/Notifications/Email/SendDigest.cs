using Microsoft.Extensions.Caching.Memory;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.Notifications.Deliveries;
using NewsPlatform.Notifications.Jobs;
using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Email;

/// <summary>
/// A digest a day, at its subscriber's hour. Until then nothing is done for it; then it reads the log, whose pages all digests of the hour
/// share.
/// </summary>
public sealed class SendDigest(
    SubscriptionStore subscriptions,
    BulletinLog bulletins,
    MailHistory history,
    DigestStore digests,
    Mailer mailer,
    MailComposer composer,
    EmailOptions options,
    PortalOptions portal,
    TimeProvider clock,
    ILogger<SendDigest> log
) : IJob, IDisposable
{
    public const string Name = "emailDigest";

    const int PageSize = 500;
    const int MaxPages = 40;

    /// <summary>So short that what is masked in the log soon is for digests too.</summary>
    static readonly TimeSpan pageKept = TimeSpan.FromSeconds(15);

    static readonly TimeSpan soon = TimeSpan.FromSeconds(1);

    readonly IReadOnlyList<TimeSpan> schedule = Durations.Parse(options.RetrySchedule);
    readonly MemoryCache pages = new(new MemoryCacheOptions { SizeLimit = MaxPages });

    public string Kind => Name;

    public async Task<Retry?> RunAsync(Job job, CancellationToken ct)
    {
        if (
            await subscriptions.FindAsync(job.Id, ct) is not { State: SubscriptionState.Active, Target: EmailTarget target } subscription
            || await digests.ProgressAsync(job.Id, ct) is not { } progress
        )
        {
            await history.ForgetAsync(job.Id, ct);
            return null;
        }
        var now = clock.GetUtcNow();
        if (progress.NextAt > now)
        {
            return new(progress.NextAt - now, Failed: false);
        }
        var next = DigestTime.Next(now, target.Hour!.Value, TimeZoneInfo.FindSystemTimeZoneById(target.Zone!));
        if (!options.Offered)
        {
            await digests.PutOffAsync(job.Id, next, ct);
            return new(next - now, Failed: false);
        }
        var until = progress.Until ?? await digests.UntilAsync(job.Id, ct);
        var digest = await DigestAsync(subscription, progress.After, until, ct);
        var part = $"daily.{progress.After}-{until}";
        if (!digest.IsEmpty)
        {
            var posted = await mailer.SendAsync(composer.Daily(subscription, target, digest, part), ct);
            EmailChannel.Count("digest", posted);
            switch (posted.Outcome)
            {
                case Outcome.Postponed:
                    return new(soon, Failed: false);
                case Outcome.Gone:
                    log.LogWarning("{Subscription} by e-mail is disabled: {Because}", job.Id, posted.Fault);
                    await subscriptions.ChangeAsync(
                        job.Id,
                        ended => ended with { State = SubscriptionState.Disabled, DisabledBecause = posted.Fault },
                        ct
                    );
                    await history.ForgetAsync(job.Id, ct);
                    return null;
                case Outcome.Failed when job.Failures < schedule.Count:
                    return new(schedule[job.Failures], Failed: true);
                case Outcome.Failed:
                    log.LogWarning(
                        "The digest of {Subscription} was not taken; the next one has its stories: {Fault}",
                        job.Id,
                        posted.Fault
                    );
                    await digests.PutOffAsync(job.Id, next, ct);
                    return new(next - now, Failed: false);
            }
        }
        await digests.DoneAsync(
            job.Id,
            next,
            [
                .. digest
                    .News.Concat(digest.Updated)
                    .Concat(digest.Amended.Where(a => !a.Withdrawn).Select(a => a.Article))
                    .Select(a => (a.Id, a.Version)),
            ],
            [.. digest.Amended.Where(a => a.Withdrawn).Select(a => a.Article.Id)],
            composer.MessageId(job.Id, part),
            ct
        );
        return new(next - now, Failed: false);
    }

    public void Dispose() => pages.Dispose();

    async Task<Digest> DigestAsync(Subscription subscription, long after, long until, CancellationToken ct)
    {
        var since = new List<Bulletin>();
        for (var page = after / PageSize; page * PageSize < until; page++)
        {
            since.AddRange((await PageAsync(page, until, ct)).Where(b => b.Position > after && b.Position <= until));
        }
        var mailed = await history.VersionsAsync(subscription.Id, [.. since.Select(b => b.Article.Id).Distinct()], ct);
        return Digest.Of(since, Topics.Stored(subscription.Topics, portal), mailed, options.MaxStories);
    }

    /// <summary>
    /// Whole pages of positions, so that digests which begin at different ones share them; one that may still grow is read anew when it has
    /// to be.
    /// </summary>
    async Task<IReadOnlyList<Bulletin>> PageAsync(long page, long until, CancellationToken ct)
    {
        if (
            pages.TryGetValue(page, out (IReadOnlyList<Bulletin> Bulletins, long Until) kept)
            && kept.Until >= Math.Min(until, (page + 1) * PageSize)
        )
        {
            return kept.Bulletins;
        }
        var read = (await bulletins.ReadAsync(page * PageSize, PageSize, ct)).Where(b => b.Position <= (page + 1) * PageSize).ToArray();
        pages.Set(
            page,
            ((IReadOnlyList<Bulletin>)read, Math.Max(until, read.Length == 0 ? 0 : read[^1].Position)),
            new MemoryCacheEntryOptions { Size = 1, AbsoluteExpirationRelativeToNow = pageKept }
        );
        return read;
    }
}
