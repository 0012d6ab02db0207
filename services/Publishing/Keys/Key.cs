using NewsPlatform.Contracts;
using NewsPlatform.Publishing.Events;

namespace NewsPlatform.Publishing.Keys;

/// <summary>A key was made. Of its secret only the hash is kept (<see cref="KeySecret"/>).</summary>
public sealed record KeyMade(
    string Name,
    string Role,
    IReadOnlyList<string> Categories,
    string Hash,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset At,
    bool Trade = false
);

/// <summary>It was given a new secret; those before it end at the latest by <paramref name="OldUntil"/>.</summary>
public sealed record KeyRotated(string Hash, DateTimeOffset OldUntil, DateTimeOffset At);

/// <summary>It opens nothing from now on, whatever its secret.</summary>
public sealed record KeyRevoked(DateTimeOffset At);

/// <summary>The events of keys. <see cref="KeyRelay"/> tells of them, by what they make of a key.</summary>
public static class KeyEvents
{
    public static readonly IReadOnlyList<EventDescription> All =
    [
        EventDescription.Of<KeyMade>("key_made"),
        EventDescription.Of<KeyRotated>("key_rotated"),
        EventDescription.Of<KeyRevoked>("key_revoked"),
    ];
}

/// <summary>A key as its events made it, which is what every service is told of it.</summary>
public static class Key
{
    public static KeyChanged? Fold(Guid id, IEnumerable<object> events) =>
        events.Aggregate<object, KeyChanged?>(null, (key, e) => Apply(id, key, e));

    public static KeyChanged Apply(Guid id, KeyChanged? key, object e) =>
        (key, e) switch
        {
            (null, KeyMade made) => new()
            {
                KeyId = id,
                Version = 1,
                Name = made.Name,
                Role = made.Role,
                Categories = made.Categories,
                Secrets = [new(made.Hash)],
                ExpiresAt = made.ExpiresAt,
                Trade = made.Trade,
                MadeAt = made.At,
                ChangedAt = made.At,
            },
            ({ } current, KeyRotated rotated) => current with
            {
                Version = current.Version + 1,
                Secrets = [.. Ending(current, rotated.OldUntil).Where(old => old.ValidUntil > rotated.At), new(rotated.Hash)],
                ChangedAt = rotated.At,
            },
            ({ } current, KeyRevoked revoked) => current with { Version = current.Version + 1, Revoked = true, ChangedAt = revoked.At },
            _ => throw new InvalidOperationException(
                $"Key {id} cannot take {e.GetType().Name} in its state; the stream is not one of this release's."
            ),
        };

    /// <summary><c>active</c>, <c>expired</c> or <c>revoked</c>.</summary>
    public static string State(KeyChanged key, DateTimeOffset now) =>
        key.Revoked ? "revoked"
        : key.ExpiresAt <= now ? "expired"
        : "active";

    /// <summary>Its secrets, all of which end at the latest by then.</summary>
    static IEnumerable<KeySecret> Ending(KeyChanged key, DateTimeOffset until) =>
        key.Secrets.Select(old => old.ValidUntil <= until ? old : old with { ValidUntil = until });
}
