using NewsPlatform.Notifications.DryRun;
using NewsPlatform.Notifications.Subscriptions;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Email;

/// <summary>To a mailbox that the operator names, where mails are sent at all.</summary>
sealed class EmailDryRun(EmailOptions email, DryRunOptions dryRuns, PortalOptions portal) : IDryRunTarget
{
    public string Kind => EmailTarget.Kind;
    public byte Number => 4;
    public bool TakesPart => email.Offered && dryRuns.Mailbox.Length > 0;

    public Target Make() =>
        new EmailTarget(dryRuns.Mailbox, EmailTarget.Breaking, portal.Languages[0], Access.NewSecret(), DateTimeOffset.MaxValue);
}
