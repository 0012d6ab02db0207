using System.Security.Cryptography;
using System.Text;

namespace NewsPlatform.Notifications.Subscriptions;

/// <summary>Ids of subscriptions of which there is one at most for the same subscriber.</summary>
public static class SubscriptionId
{
    /// <summary>
    /// The same for the same text, whichever instance is asked, so that two requests at once meet: a UUID of version 8 (RFC 9562, section
    /// 5.8).
    /// </summary>
    public static Guid Of(string text)
    {
        var id = SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16);
        id[6] = (byte)(id[6] & 0x0f | 0x80);
        id[8] = (byte)(id[8] & 0x3f | 0x80);
        return new(id, bigEndian: true);
    }
}
