using System.ComponentModel.DataAnnotations;
using MimeKit;
using NewsPlatform.Notifications.Jobs;

namespace NewsPlatform.Notifications.Email;

/// <summary>How the connection to the SMTP server is protected.</summary>
public enum Protection
{
    /// <summary>Not at all: for a server on the same machine or network.</summary>
    None,

    /// <summary>By STARTTLS, which the server must offer (RFC 3207).</summary>
    StartTls,

    /// <summary>By TLS from the first byte (RFC 8314).</summary>
    Tls,
}

public sealed class EmailOptions : IValidatableObject
{
    /// <summary>The SMTP server that mails are handed to; no e-mail is offered without.</summary>
    public string Host { get; set; } = "";

    /// <summary>587 is where mail is submitted (RFC 6409), 465 where that is done by TLS from the start (RFC 8314).</summary>
    [Range(1, 65535)]
    public int Port { get; set; } = 587;

    /// <summary>Empty where the server asks for no name.</summary>
    public string User { get; set; } = "";

    /// <summary>The user's.</summary>
    public string Password { get; set; } = "";

    /// <summary>Whom mails are from, such as <c>Morning News &lt;news@example.org&gt;</c>. What comes back to it is not read.</summary>
    public string From { get; set; } = "";

    /// <summary>How the connection to the mail server is protected; without it only to one of the same machine.</summary>
    public Protection Security { get; set; } = Protection.StartTls;

    /// <summary>Connections to the server that one instance has at once.</summary>
    [Range(1, 100)]
    public int MaxConnections { get; set; } = 4;

    /// <summary>Mails after which a connection is made anew.</summary>
    [Range(1, 10_000)]
    public int MailsPerConnection { get; set; } = 100;

    /// <summary>Seconds for one mail, a new connection included.</summary>
    [Range(1, 20)]
    public int SendSeconds { get; set; } = 15;

    /// <summary>Hours that a link to confirm a subscription is good for.</summary>
    [Range(1, 720)]
    public int ConfirmHours { get; set; } = 48;

    /// <summary>Subscriptions that may be asked for in an hour for one address: each is a mail to somebody who may not want it.</summary>
    [Range(1, 1_000)]
    public int MaxPerAddressPerHour { get; set; } = 3;

    /// <summary>Subscriptions that one client may ask for in an hour.</summary>
    [Range(1, 100_000)]
    public int MaxPerClientPerHour { get; set; } = 20;

    /// <summary>Subscriptions that may be asked for in an hour for addresses of one domain, by whomever.</summary>
    [Range(1, 1_000_000)]
    public int MaxPerDomainPerHour { get; set; } = 500;

    /// <summary>
    /// Hours after which the key changes by which it is hashed who asked for subscriptions; an hour later the one before is gone, and its
    /// hashes mean nothing.
    /// </summary>
    [Range(1, 168)]
    public int RequestHashHours { get; set; } = 24;

    /// <summary>
    /// Days after which the key changes by which subscribers' addresses are hashed; they are hashed anew within the hour, and the one
    /// before is gone then.
    /// </summary>
    [Range(1, 3_650)]
    public int AddressHashDays { get; set; } = 90;

    /// <summary>Stories in one digest; of the others it says how many there are.</summary>
    [Range(1, 500)]
    public int MaxStories { get; set; } = 50;

    /// <summary>Days for which it is known which stories somebody was mailed, so that a correction of them is mailed too.</summary>
    [Range(1, 365)]
    public int RememberDays { get; set; } = 30;

    /// <summary>
    /// Waits after the first, second… time in a row that a mail was not taken; after the last one it is given up, and the next digest has
    /// its stories.
    /// </summary>
    [RetrySchedule]
    public string RetrySchedule { get; set; } = "1m,5m,15m,1h,3h";

    public bool Offered => Host.Length > 0;

    public MailboxAddress Sender => MailboxAddress.Parse(From);

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Offered && !MailboxAddress.TryParse(From, out _))
        {
            yield return new($"'{From}' is no sender such as Morning News <news@example.org>", [nameof(From)]);
        }
        if (User.Length == 0 != (Password.Length == 0))
        {
            yield return new("a user needs a password, and a password a user", [nameof(User), nameof(Password)]);
        }
    }
}
