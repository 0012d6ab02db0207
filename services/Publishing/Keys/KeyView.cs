using NewsPlatform.Contracts;

namespace NewsPlatform.Publishing.Keys;

/// <summary>A key as its keepers see it, without its secret.</summary>
public sealed record KeyView
{
    public required Guid Id { get; init; }
    public required string Name { get; init; }
    public required string Role { get; init; }

    /// <summary>Those that it may act on; all of them when there is none.</summary>
    public required IReadOnlyList<string> Categories { get; init; }

    /// <summary>It is also told of what is under embargo.</summary>
    public required bool Trade { get; init; }

    /// <summary><c>active</c>, <c>expired</c> or <c>revoked</c>.</summary>
    public required string State { get; init; }

    public required DateTimeOffset MadeAt { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>Until when a secret from before the last rotation is still good.</summary>
    public DateTimeOffset? OldSecretUntil { get; init; }

    /// <summary>To the minute; null for never.</summary>
    public DateTimeOffset? LastUsedAt { get; init; }

    /// <summary>Said once, in the answer to the request that made it.</summary>
    [System.Text.Json.Serialization.JsonIgnore(Condition = System.Text.Json.Serialization.JsonIgnoreCondition.WhenWritingNull)]
    public string? Secret { get; init; }

    public static KeyView Of(KeyChanged key, DateTimeOffset now, DateTimeOffset? lastUsedAt = null, Secret? secret = null) =>
        new()
        {
            Id = key.KeyId,
            Name = key.Name,
            Role = key.Role,
            Categories = key.Categories,
            Trade = key.Trade,
            State = Key.State(key, now),
            MadeAt = key.MadeAt,
            ExpiresAt = key.ExpiresAt,
            OldSecretUntil = key.Secrets.Select(s => s.ValidUntil).Where(until => until > now).Max(),
            LastUsedAt = lastUsedAt,
            Secret = secret?.Text,
        };
}
