using NewsPlatform.Notifications.Deliveries;
using NewsPlatform.Notifications.Errands;
using NewsPlatform.Notifications.Subscriptions;

namespace NewsPlatform.Notifications.Email;

/// <summary>Mails the link to confirm a subscription.</summary>
public sealed class SendConfirmation(SubscriptionStore roster, Mailer mailer, MailComposer letters, EmailOptions options, ILogger<SendConfirmation> log) : IJob
{
    public const string Name = "emailConfirmation";

    readonly IReadOnlyList<TimeSpan> schedule = Durations.Parse(options.RetrySchedule);

    public string Kind => Name;

    public async Task<Retry?> RunAsync(Job errand, CancellationToken ct)
    {
        if (!options.Offered || await roster.FindAsync(errand.Id, ct) is not { State: SubscriptionState.Pending, Target: EmailTarget target } subscription)
        {
            return null;
        }
        var posted = await mailer.SendAsync(letters.Confirmation(subscription, target), ct);
        EmailChannel.Count("confirmation", posted);
        switch (posted.Outcome)
        {
            case Outcome.Postponed:
                return new(TimeSpan.FromSeconds(1), Failed: false);
            case Outcome.Failed when errand.Failures < schedule.Count:
                return new(schedule[errand.Failures], Failed: true);
            case Outcome.Failed or Outcome.Gone:
                log.LogWarning("{Subscription} by e-mail could not be asked to confirm: {Fault}", errand.Id, posted.Fault);
                await roster.DeleteAsync(errand.Id, ct);
                return null;
            default:
                return null;
        }
    }
}

/// <summary>Forgets the address of somebody who did not confirm.</summary>
public sealed class ExpireUnconfirmed(SubscriptionStore roster) : IJob
{
    public const string Name = "emailLapse";

    public string Kind => Name;

    public async Task<Retry?> RunAsync(Job errand, CancellationToken ct)
    {
        if (await roster.FindAsync(errand.Id, ct) is { State: SubscriptionState.Pending })
        {
            await roster.DeleteAsync(errand.Id, ct);
        }
        return null;
    }
}
