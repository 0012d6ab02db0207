using System.ComponentModel.DataAnnotations;
using MimeKit;

namespace NewsPlatform.Notifications.DryRun;

public sealed class DryRunOptions : IValidatableObject
{
    /// <summary>Seconds between two dry runs, as Publishing is told to begin them; 0 for none.</summary>
    [Range(0, 86_400)]
    public int EverySeconds { get; set; } = 300;

    /// <summary>Seconds after which a channel that has not had the bulletin raises the alarm.</summary>
    [Range(1, 300)]
    public int AlarmSeconds { get; set; } = 15;

    /// <summary>Whom a mail of each dry run is sent to, such as a mailbox that is emptied by itself; none is sent without.</summary>
    public string Mailbox { get; set; } = "";

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Mailbox.Length > 0 && !MailboxAddress.TryParse(Mailbox, out _))
        {
            yield return new($"'{Mailbox}' is no address such as dry-run@example.org", [nameof(Mailbox)]);
        }
    }
}
