using NewsPlatform.Notifications.Subscriptions;

namespace NewsPlatform.Notifications.WebPush;

/// <summary>A browser wants to be told; what <c>PushSubscription.toJSON()</c> gives, and of what and when.</summary>
public sealed record MakeWebPush : SubscriptionRequest
{
    /// <summary>Where its push service takes messages for it.</summary>
    public required string Endpoint { get; init; }

    public required BrowserKeys Keys { get; init; }

    /// <summary>When the browser lets go of the endpoint, in milliseconds since 1970; mostly null.</summary>
    public double? ExpirationTime { get; init; }

    /// <summary>In which notifications say what is not news; the portal's first, if none is given.</summary>
    public string? Language { get; init; }

    public QuietHours? QuietHours { get; init; }
}
