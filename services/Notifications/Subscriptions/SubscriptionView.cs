using System.Text.Json.Serialization;

namespace NewsPlatform.Notifications.Subscriptions;

/// <summary>A subscription as whoever it belongs to sees it.</summary>
public sealed record SubscriptionView
{
    public required Guid Id { get; init; }

    /// <summary><c>webhook</c>, <c>webPush</c> or <c>email</c>.</summary>
    public required string Kind { get; init; }

    public required IReadOnlyList<string> Topics { get; init; }
    public required SubscriptionState State { get; init; }

    /// <summary>Why it is disabled.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? DisabledBecause { get; init; }

    public required DateTimeOffset MadeAt { get; init; }

    /// <summary>Of a browser: in which it is told what is not news.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Language { get; init; }

    /// <summary>Of a browser: when only breaking news is pushed.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public WebPush.QuietHours? QuietHours { get; init; }

    /// <summary>What it is kept or verified by; only in the answer to making it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Secret { get; init; }

    public static SubscriptionView Of(Subscription subscription) => new()
    {
        Id = subscription.Id, Kind = subscription.Kind, Topics = subscription.Topics, State = subscription.State, DisabledBecause = subscription.DisabledBecause, MadeAt = subscription.MadeAt,
        Language = (subscription.Target as WebPush.WebPushTarget)?.Language, QuietHours = (subscription.Target as WebPush.WebPushTarget)?.QuietHours,
    };
}
