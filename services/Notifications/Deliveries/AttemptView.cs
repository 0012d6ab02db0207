using System.Text.Json.Serialization;

namespace NewsPlatform.Notifications.Deliveries;

/// <summary>An attempt to deliver, as the subscription's owner sees it.</summary>
/// <param name="About"><c>delivery</c>, <c>verification</c>, <c>test</c>, or <c>ended</c> when it told that another subscription was
/// disabled.</param>
/// <param name="Messages">The ids by which the receiver tells repetitions, such as <c>webhook-id</c>.</param>
/// <param name="Outcome"><c>delivered</c>, <c>failed</c>, or <c>gone</c> when it ended the subscription.</param>
/// <param name="Milliseconds">Until the answer, or until it failed.</param>
/// <param name="Status">Of the receiver's answer, when there was one.</param>
/// <param name="Fault">What went wrong.</param>
public sealed record AttemptView(
    Guid Id,
    DateTimeOffset At,
    string About,
    IReadOnlyList<string> Messages,
    string Outcome,
    int Milliseconds,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] int? Status = null,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Fault = null
);
