using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Marten;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.Notifications.Deliveries;
using NewsPlatform.Notifications.Jobs;
using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Email;

/// <summary>
/// Breaking news by mail, each story once; when it is corrected or withdrawn afterwards, whoever was mailed it is told, beside the first
/// mail.
/// </summary>
public sealed class EmailChannel(Mailer mailer, MailComposer composer, MailHistory history, IDocumentStore store, EmailOptions options)
    : IChannel
{
    static readonly Counter<long> mails = Telemetry.Meter.CreateCounter<long>(
        "news.emails",
        "{mail}",
        "Mails that were handed to the SMTP server, by what they are and outcome"
    );

    static readonly TimeSpan soon = TimeSpan.FromSeconds(1);

    public string Kind => EmailTarget.Kind;
    public bool KeepsAttempts => false;
    public IReadOnlyList<TimeSpan> RetrySchedule { get; } = Durations.Parse(options.RetrySchedule);
    public TimeSpan? DisableAfter => null;

    public static void Count(string what, Posted posted) =>
        mails.Add(1, new("mail", what), new KeyValuePair<string, object?>("outcome", posted.Outcome.ToString().ToLowerInvariant()));

    public async IAsyncEnumerable<Attempt> DeliverAsync(
        Subscription subscription,
        IReadOnlyList<PendingDelivery> waiting,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        foreach (var delivery in waiting)
        {
            yield return options.Offered
                ? await DeliverAsync(subscription, (EmailTarget)subscription.Target, delivery, ct)
                : new([delivery], Outcome.Skipped);
        }
    }

    public Task EndedAsync(Subscription subscription, string because, CancellationToken ct) => history.ForgetAsync(subscription.Id, ct);

    async Task<Attempt> DeliverAsync(Subscription subscription, EmailTarget target, PendingDelivery delivery, CancellationToken ct)
    {
        var id = delivery.Bulletin!.Article.Id;
        var mailed = await history.MailedAsync(subscription.Id, id, ct);
        if (mailed is null)
        {
            // Before the log is read: what comes into it afterwards is noted, whatever it is about by then.
            await history.FollowAsync(subscription.Id, id, delivery.Position, ct);
        }
        var (send, amended) = Decide(await StoryAsync(id, mailed?.Version ?? 0, ct), mailed);
        if (send is null)
        {
            if (mailed is null)
            {
                await history.UnfollowAsync(subscription.Id, id, ct);
            }
            return new([delivery], Outcome.Skipped);
        }
        var messageId = composer.MessageId(subscription.Id, $"breaking.{id:N}.{send.Version}");
        var posted = await mailer.SendAsync(composer.Breaking(subscription, target, send, amended, messageId, mailed?.MessageId), ct);
        Count(
            amended switch
            {
                null => "breaking",
                { Withdrawn: true } => "withdrawal",
                _ => "correction",
            },
            posted
        );
        if (posted.Outcome == Outcome.Delivered)
        {
            await history.MailedAsync(subscription.Id, id, new(send.Version, mailed?.MessageId ?? messageId), ct);
        }
        return new([delivery], posted.Outcome)
        {
            Status = posted.Status,
            Fault = posted.Fault,
            Wait = posted.Outcome == Outcome.Postponed ? soon : null,
        };
    }

    /// <summary>
    /// What is to be mailed of a story: its newest state, whichever bulletin asks for it. Once it was mailed, only what was wrong with it,
    /// or that it has returned after it was withdrawn.
    /// </summary>
    /// <param name="story">What the log has of it, in order; what is older than the mail need not be there.</param>
    public static (Contracts.LineItem? Send, Amended? Amended) Decide(IReadOnlyList<Bulletin> story, Mailed? mailed)
    {
        var later = story.Where(b => mailed is null || b.Article.Version > mailed.Version).ToArray();
        if (later.Length == 0)
        {
            return (null, null);
        }
        var newest = later[^1];
        if (mailed is null)
        {
            return (newest.Kind != BulletinKind.Withdrawn && newest.Article.Breaking ? newest.Article : null, null);
        }
        return Digest.Amend(later) is { } amended
            ? (newest.Article, amended)
            : (Array.Exists(later, b => b.Kind == BulletinKind.Published) ? newest.Article : null, null);
    }

    async Task<IReadOnlyList<Bulletin>> StoryAsync(Guid id, long after, CancellationToken ct)
    {
        await using var session = store.QuerySession();
        return await session
            .Query<Bulletin>()
            .Where(b => b.Article.Id == id && b.Article.Version > after)
            .OrderBy(b => b.Position)
            .ToListAsync(ct);
    }
}
