using NewsPlatform.Notifications.Deliveries;
using NewsPlatform.Notifications.Jobs;
using NewsPlatform.Notifications.Subscriptions;

namespace NewsPlatform.Notifications.Email;

/// <summary>Mails the link to confirm a subscription.</summary>
public sealed class SendConfirmation(
    SubscriptionStore subscriptions,
    Mailer mailer,
    MailComposer composer,
    EmailOptions options,
    ILogger<SendConfirmation> log
) : IJob
{
    public const string Name = "emailConfirmation";

    readonly IReadOnlyList<TimeSpan> schedule = Durations.Parse(options.RetrySchedule);

    public string Kind => Name;

    public async Task<Retry?> RunAsync(Job job, CancellationToken ct)
    {
        if (
            !options.Offered
            || await subscriptions.FindAsync(job.Id, ct)
                is not { State: SubscriptionState.Pending, Target: EmailTarget target } subscription
        )
        {
            return null;
        }
        var posted = await mailer.SendAsync(composer.Confirmation(subscription, target), ct);
        EmailChannel.Count("confirmation", posted);
        switch (posted.Outcome)
        {
            case Outcome.Postponed:
                return new(TimeSpan.FromSeconds(1), Failed: false);
            case Outcome.Failed when job.Failures < schedule.Count:
                return new(schedule[job.Failures], Failed: true);
            case Outcome.Failed or Outcome.Gone:
                log.LogWarning("{Subscription} by e-mail could not be asked to confirm: {Fault}", job.Id, posted.Fault);
                await subscriptions.DeleteAsync(job.Id, ct);
                return null;
            default:
                return null;
        }
    }
}

/// <summary>Forgets the address of somebody who did not confirm.</summary>
public sealed class ExpireUnconfirmed(SubscriptionStore subscriptions) : IJob
{
    public const string Name = "emailLapse";

    public string Kind => Name;

    public async Task<Retry?> RunAsync(Job job, CancellationToken ct)
    {
        if (await subscriptions.FindAsync(job.Id, ct) is { State: SubscriptionState.Pending })
        {
            await subscriptions.DeleteAsync(job.Id, ct);
        }
        return null;
    }
}
