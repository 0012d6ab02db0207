using NewsPlatform.Notifications.Subscriptions;

namespace NewsPlatform.Notifications.Webhooks;

/// <summary>Somebody's server wants to be told. It belongs to the key that makes it.</summary>
public sealed record MakeWebhook : SubscriptionRequest
{
    /// <summary>Where to: https, and to an address of the open Internet.</summary>
    public string? Url { get; init; }

    /// <summary>What is to sign, <c>whsec_</c> and base64 of 24 to 64 bytes, in either alphabet; made where none is given.</summary>
    public string? Secret { get; init; }

    /// <summary>Of what is under embargo too; takes a key of the trade.</summary>
    public bool? Trade { get; init; }

    /// <summary>Deliveries in a second at most.</summary>
    public double? RatePerSecond { get; init; }

    /// <summary>Your own words, to tell it from others.</summary>
    public string? Description { get; init; }
}
