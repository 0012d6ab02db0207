using System.Text.Json.Serialization;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.Notifications.Subscriptions;

namespace NewsPlatform.Notifications.Webhooks;

/// <summary>Somebody's server that is told.</summary>
public sealed record WebhookTarget : Target
{
    public const string Kind = "webhook";

    public required Uri Url { get; init; }

    /// <summary>The newest last; all that have not ended sign.</summary>
    public required IReadOnlyList<WebhookSecret> Secrets { get; init; }

    /// <summary>It is told of what is under embargo too, for as long as its owner may know.</summary>
    public bool Trade { get; init; }

    /// <summary>Deliveries in a second at most; null for what is usual.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public double? RatePerSecond { get; init; }

    /// <summary>The owner's own words.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Description { get; init; }

    /// <summary>Until when it has to confirm that it wants to be told; null when it has.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? VerifyBy { get; init; }

    [JsonIgnore]
    public override IReadOnlyList<Log> Logs => Trade ? [Log.Public, Log.Trade] : [Log.Public];

    [JsonIgnore]
    public override string Host => Url.IdnHost;

    public override SubscriptionView Show(SubscriptionView view) =>
        view with
        {
            Url = Url.OriginalString,
            Trade = Trade,
            RatePerSecond = RatePerSecond,
            Description = Description,
            VerifyBy = VerifyBy,
        };
}
