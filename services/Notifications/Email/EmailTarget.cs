using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.Notifications.Subscriptions;

namespace NewsPlatform.Notifications.Email;

/// <summary>Somebody who is mailed.</summary>
/// <param name="Frequency"><see cref="Daily"/> or <see cref="Breaking"/>.</param>
/// <param name="Language">In which mails and pages speak.</param>
/// <param name="Token">In the links of every mail: who has it may confirm the subscription, and end it.</param>
/// <param name="ConfirmUntil">After which one that is not confirmed is forgotten.</param>
public sealed record EmailTarget(string Address, string Frequency, string Language, string Token, DateTimeOffset ConfirmUntil) : Target
{
    public const string Kind = "email";
    public const string Daily = "daily";
    public const string Breaking = "breaking";

    /// <summary>Of a daily one: the hour at which the digest comes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int? Hour { get; init; }

    /// <summary>Of a daily one: the IANA time zone of that hour.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Zone { get; init; }

    /// <summary>A digest reads the log when its hour has come; nothing is noted for it before.</summary>
    [JsonIgnore]
    public override IReadOnlyList<Log> Logs => Frequency == Daily ? [] : base.Logs;

    /// <summary>The parameter of the links: whose it is, and the proof.</summary>
    public string Link(Guid id) => $"{id:N}.{Token}";

    /// <summary>The subscription that a link's parameter is of; null for one that is forged or of none any more.</summary>
    public static async Task<(Subscription Subscription, EmailTarget Target)?> OfLinkAsync(
        SubscriptionStore subscriptions,
        string? link,
        CancellationToken ct
    ) =>
        link?.Split('.') is [var id, var token]
        && Guid.TryParseExact(id, "N", out var guid)
        && await subscriptions.FindAsync(guid, ct) is { Target: EmailTarget target } found
        && CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(target.Token), Encoding.UTF8.GetBytes(token))
            ? (found, target)
            : null;
}
