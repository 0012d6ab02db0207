using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.Webhooks;

/// <summary>What webhooks are signed with (Standard Webhooks, "Signature scheme": symmetric).</summary>
/// <param name="Text"><c>whsec_</c> and the key in base64.</param>
/// <param name="ValidUntil">When it ends after a rotation; null for the newest one.</param>
public sealed record WebhookSecret(
    string Text,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] DateTimeOffset? ValidUntil = null
)
{
    public const string Prefix = "whsec_";
    public const int MinBytes = 24;
    public const int MaxBytes = 64;

    const int RandomBytes = 32;

    /// <summary>What a secret that is none is told.</summary>
    public static readonly string Rule = $"must be {Prefix} and base64 of {MinBytes} to {MaxBytes} bytes";

    public static string Random() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(RandomBytes));

    /// <summary>
    /// What somebody gives as one, in the form that is kept and said; null for what is none. Its base64 may be of either alphabet, with
    /// padding or without.
    /// </summary>
    public static string? Read(string text) =>
        text.StartsWith(Prefix, StringComparison.Ordinal)
        && Base64Text.Read(text.AsSpan(Prefix.Length), MaxBytes) is { Length: >= MinBytes } key
            ? Prefix + Convert.ToBase64String(key)
            : null;

    /// <summary>Value of <c>webhook-signature</c>: that of each secret which has not ended, with spaces between.</summary>
    public static string Sign(IEnumerable<WebhookSecret> secrets, string id, long timestamp, ReadOnlySpan<byte> body, DateTimeOffset now)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{id}.{timestamp}."), .. body];
        return string.Join(
            ' ',
            secrets
                .Where(secret => secret.ValidUntil is not { } end || end > now)
                .Select(secret =>
                    $"v1,{Convert.ToBase64String(HMACSHA256.HashData(Convert.FromBase64String(secret.Text[Prefix.Length..]), signed))}"
                )
        );
    }
}
