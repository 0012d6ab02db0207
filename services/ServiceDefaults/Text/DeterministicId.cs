using System.Security.Cryptography;
using System.Text;

namespace NewsPlatform.ServiceDefaults;

/// <summary>Ids that follow from what they name, so that whoever makes one of the same text makes the same.</summary>
public static class DeterministicId
{
    /// <summary>A UUID of version 8 (RFC 9562, section 5.8) from the SHA-256 of a text.</summary>
    public static Guid Of(string text)
    {
        var bytes = SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, 16);
        bytes[6] = (byte)(bytes[6] & 0x0f | 0x80);
        bytes[8] = (byte)(bytes[8] & 0x3f | 0x80);
        return new Guid(bytes, bigEndian: true);
    }
}
