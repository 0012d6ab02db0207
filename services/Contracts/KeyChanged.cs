namespace NewsPlatform.Contracts;

/// <summary>
/// A platform key as of one of its versions: everything that a service needs to let its bearer in or to keep it out, so that whoever has
/// the newest version needs no older one. Sent at least once; the secret itself is known to its bearer only.
/// </summary>
public sealed record KeyChanged
{
    public required Guid KeyId { get; init; }

    /// <summary>The version of the key that this is; a greater one replaces it.</summary>
    public required long Version { get; init; }

    /// <summary>What its acts are recorded under; no two keys that are not revoked share one.</summary>
    public required string Name { get; init; }

    /// <summary><c>reporter</c>, <c>editor</c>, <c>admin</c> or <c>subscriber</c>.</summary>
    public required string Role { get; init; }

    /// <summary>The categories that it may act on; all of them when there is none.</summary>
    public IReadOnlyList<string> Categories { get; init; } = [];

    /// <summary>A subscriber's that may know what is under embargo.</summary>
    public bool Trade { get; init; }

    /// <summary>The newest last.</summary>
    public required IReadOnlyList<KeySecret> Secrets { get; init; }

    /// <summary>From when on the key is good for nothing; null for never.</summary>
    public DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>For good.</summary>
    public bool Revoked { get; init; }

    public required DateTimeOffset MadeAt { get; init; }

    /// <summary>When this version came to be.</summary>
    public required DateTimeOffset ChangedAt { get; init; }
}
