using NewsPlatform.Notifications.Subscriptions;

namespace NewsPlatform.Notifications.Email;

/// <summary>
/// Somebody wants to be mailed. The address is mailed a link by which whoever reads its mail confirms that; nothing else is mailed before.
/// The answer is the same whether or not the address is subscribed already.
/// </summary>
public sealed record MakeEmail : SubscriptionRequest
{
    public string? Address { get; init; }

    /// <summary><c>daily</c>: one digest a day. <c>breaking</c>: breaking news at once.</summary>
    public string? Frequency { get; init; }

    /// <summary>In which the mails speak. Topics that name no language and no article are of this one.</summary>
    public string? Language { get; init; }

    /// <summary>Of a daily one: the hour of the digest, 0 to 23; 7 if it is not said.</summary>
    public int? Hour { get; init; }

    /// <summary>Of a daily one: the IANA time zone of that hour; the portal's if it is not said.</summary>
    public string? Zone { get; init; }
}
