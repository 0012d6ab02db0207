namespace NewsPlatform.Contracts;

/// <summary>One of a key's secrets.</summary>
/// <param name="Hash">SHA-256 of its UTF-8, in lower-case hexadecimal: enough for 256 random bits, which nobody can guess through.</param>
/// <param name="ValidUntil">When it ends after a rotation; null for the newest one.</param>
public sealed record KeySecret(string Hash, DateTimeOffset? ValidUntil = null);
