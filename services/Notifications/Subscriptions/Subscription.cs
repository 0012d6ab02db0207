using System.Text.Json.Serialization;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Subscriptions;

[JsonConverter(typeof(StateNames))]
public enum SubscriptionState
{
    /// <summary>Waits for whoever is to receive it to say that it is wanted; nothing is delivered.</summary>
    Pending,

    Active,

    /// <summary>Nothing is delivered any more, by its owner's wish or since its endpoint failed for too long.</summary>
    Disabled,
}

/// <summary>
/// Somebody who is to be told although nobody listens at the moment. What is still to be told waits in the outbox.
/// </summary>
public sealed record Subscription
{
    public required Guid Id { get; init; }

    /// <summary>The name of the channel.</summary>
    public required string Kind { get; init; }

    /// <summary>
    /// For people to read: as <see cref="Caller.Name"/>; null for those that belong to who has their secret, and for the platform's own. It
    /// says nothing about whose it is, since a name can be given to another key later.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Owner { get; init; }

    /// <summary>
    /// Whose it is, as <see cref="Caller.Id"/>. Beside an owner it is null only in what an earlier release stored, until
    /// <see cref="OwnerWatch"/> has found out.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? OwnerId { get; init; }

    /// <summary>Of the secret by which an anonymous one is kept: SHA-256, as <see cref="KeyRing.Hash"/> makes it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? SecretHash { get; init; }

    /// <summary>What it is told of, as <see cref="Bulletins.Topics"/> reads it; everything when there is none.</summary>
    public required IReadOnlyList<string> Topics { get; init; }

    public required SubscriptionState State { get; init; }

    /// <summary>Why it is disabled.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? DisabledBecause { get; init; }

    public required DateTimeOffset MadeAt { get; init; }

    /// <summary>Where and how; what the channel needs to know.</summary>
    public required Target Target { get; init; }
}

/// <summary>
/// Where a channel delivers to, and what else it needs for that. Each channel has its own, which it registers by
/// <see cref="SubscriptionsSetup.AddTarget"/>.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "channel")]
public abstract record Target
{
    /// <summary>The logs that it is told of.</summary>
    [JsonIgnore]
    public virtual IReadOnlyList<Log> Logs => [Log.Public];

    /// <summary>The host that is called; null where none is that a subscriber named, or that many subscribers share.</summary>
    [JsonIgnore]
    public virtual string? Host => null;

    /// <summary>Adds what the owner sees of it.</summary>
    public virtual SubscriptionView Show(SubscriptionView view) => view;
}

sealed class StateNames()
    : JsonStringEnumConverter<SubscriptionState>(System.Text.Json.JsonNamingPolicy.CamelCase, allowIntegerValues: false);
