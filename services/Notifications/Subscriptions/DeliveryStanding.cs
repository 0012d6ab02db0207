using System.Text.Json.Serialization;

namespace NewsPlatform.Notifications.Subscriptions;

/// <summary>How a subscription stands with its receiver.</summary>
/// <param name="Waiting">Notices that are still to be delivered.</param>
/// <param name="Failures">In a row.</param>
/// <param name="FailingSince">When nothing has succeeded since the first failure.</param>
/// <param name="NextAttemptAt">When something waits.</param>
public sealed record DeliveryStanding(
    long Waiting,
    int Failures,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? FailingSince = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? NextAttemptAt = null
);
