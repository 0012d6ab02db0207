using System.Text.Json.Serialization;
using NewsPlatform.Notifications.Subscriptions;

namespace NewsPlatform.Notifications.WebPush;

/// <summary>A browser.</summary>
public sealed record WebPushTarget : Target
{
    public const string Kind = "webPush";

    /// <summary>Where its push service takes messages for it. Whoever knows it can push, so that it is shown to nobody.</summary>
    public required string Endpoint { get; init; }

    /// <summary>Its public key, an uncompressed point of P-256.</summary>
    public required byte[] Key { get; init; }

    /// <summary>The secret that it shares with us.</summary>
    public required byte[] Auth { get; init; }

    /// <summary>In which it is spoken to besides the news themselves.</summary>
    public required string Language { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public QuietHours? QuietHours { get; init; }

    /// <summary>When the browser lets go of it by itself.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <remarks>Not the endpoint: who has it can push.</remarks>
    public override SubscriptionView Show(SubscriptionView view) => view with { Language = Language, QuietHours = QuietHours };
}
