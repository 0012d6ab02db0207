using System.Text.Json.Serialization;

namespace NewsPlatform.Notifications.Subscriptions;

/// <summary>A subscription as whoever it belongs to sees it.</summary>
public sealed record SubscriptionView
{
    public required Guid Id { get; init; }

    /// <summary>The name of its channel.</summary>
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
    public QuietHours? QuietHours { get; init; }

    /// <summary>What it is kept or verified by; only in the answer to making it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Secret { get; init; }

    /// <summary>Where a webhook goes.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Url { get; init; }

    /// <summary>Whether a webhook is told of what is under embargo too.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public bool? Trade { get; init; }

    /// <summary>Deliveries in a second at most, where the owner said so.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? RatePerSecond { get; init; }

    /// <summary>The owner's own words.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Description { get; init; }

    /// <summary>Until when a webhook's endpoint has to confirm that it wants to be told.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? VerifyBy { get; init; }

    /// <summary>How it stands with its receiver; only where one subscription is asked for.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DeliveryStanding? Deliveries { get; init; }

    public static SubscriptionView Of(Subscription subscription) =>
        subscription.Target.Show(
            new()
            {
                Id = subscription.Id,
                Kind = subscription.Kind,
                Topics = subscription.Topics,
                State = subscription.State,
                DisabledBecause = subscription.DisabledBecause,
                MadeAt = subscription.MadeAt,
            }
        );
}
