using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Serialization;
using NewsPlatform.Notifications.Subscriptions;

namespace NewsPlatform.Notifications.WebSub;

/// <summary>A subscriber of the hub. Topic and callback together are its key (W3C WebSub, section 5.1).</summary>
/// <param name="Topic">The feed, as the subscriber named it.</param>
/// <param name="Secret">What its content is signed by.</param>
public sealed record WebSubTarget(
    string Topic,
    string Callback,
    DateTimeOffset LeaseUntil,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Secret = null
) : Target
{
    public const string Kind = "webSub";

    [JsonIgnore]
    public override string Host => new Uri(Callback).IdnHost;

    /// <summary>
    /// The same for the same topic and callback, whichever instance is asked: a UUID of version 8 (RFC 9562, section 5.8).
    /// </summary>
    public static Guid IdOf(string topic, string callback)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{topic}\n{callback}"), hash);
        hash[6] = (byte)(hash[6] & 0x0f | 0x80);
        hash[8] = (byte)(hash[8] & 0x3f | 0x80);
        return new(hash[..16], bigEndian: true);
    }
}
