using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.WebPush;

/// <summary>By which messages to a browser are encrypted (RFC 8291, section 3), in base64 of either alphabet.</summary>
/// <param name="P256dh">Its public key, an uncompressed point of P-256.</param>
/// <param name="Auth">Sixteen bytes that it shares with us.</param>
public sealed record BrowserKeys(string P256dh, string Auth)
{
    /// <exception cref="ProblemException">422 that names the key and what is wrong with it.</exception>
    public (byte[] Key, byte[] Auth) Read()
    {
        var (key, auth) = (
            Base64Text.Read(P256dh, MessageEncryption.PublicKeyBytes) ?? [],
            Base64Text.Read(Auth, MessageEncryption.AuthBytes) ?? []
        );
        using var point = MessageEncryption.PublicKey(key);
        var faults = new Dictionary<string, string[]>();
        if (point is null)
        {
            faults["keys.p256dh"] = ["must be a point of P-256, uncompressed and in base64"];
        }
        if (auth.Length != MessageEncryption.AuthBytes)
        {
            faults["keys.auth"] = [$"must be {MessageEncryption.AuthBytes} bytes in base64"];
        }
        return faults.Count == 0 ? (key, auth) : throw ProblemException.RuleViolations(faults);
    }
}
