using System.Security.Cryptography;
using System.Text;

namespace NewsPlatform.ServiceDefaults;

/// <summary>Ids that follow from what they identify, so that whoever makes one of the same makes the same one.</summary>
public static class DigestId
{
    /// <summary>A UUID of version 8 (RFC 9562, section 5.8): the first 128 bits of the SHA-256 digest, with the version in them.</summary>
    public static Guid Of(string identity)
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes(identity)).AsSpan(0, 16);
        bytes[6] = (byte)(bytes[6] & 0x0f | 0x80);
        bytes[8] = (byte)(bytes[8] & 0x3f | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
