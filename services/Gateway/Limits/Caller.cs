using System.Security.Cryptography;
using System.Text;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Gateway.Limits;

/// <summary>Whom a request is counted by: a key that is known to be good, or one of the slots that addresses are spread over.</summary>
/// <param name="Key">Half a SHA-256 of the Authorization field; 0 for who has none that is known.</param>
public readonly record struct Caller(UInt128 Key, int Slot)
{
    /// <summary>
    /// By string hashing, whose seed is another one in every process, so that nobody can choose whom to share a slot with.
    /// </summary>
    public static int SlotOf(HttpContext context, int slots) =>
        (int)((uint)ClientAddress.Of(context).GetHashCode(StringComparison.Ordinal) % (uint)slots);

    /// <summary>Null where there is no Authorization field.</summary>
    public static UInt128? KeyOf(IHeaderDictionary headers) =>
        headers.Authorization.ToString() is { Length: > 0 } proof
            ? System.Buffers.Binary.BinaryPrimitives.ReadUInt128BigEndian(SHA256.HashData(Encoding.UTF8.GetBytes(proof)))
            : null;
}
