using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace NewsPlatform.ServiceDefaults;

/// <summary>
/// A place in a list that is ordered by a time and then by an id: that of one item. Opaque to clients, and good only for the list that gave
/// it.
/// </summary>
/// <param name="At">To the 100 nanoseconds.</param>
public sealed record Cursor(DateTimeOffset At, Guid Id)
{
    const byte Form = 1;
    const int Place = 1 + 8 + 16;
    const int Length = Place + 4;

    /// <param name="list">Names the list and what it is filtered by.</param>
    public string Encode(string list)
    {
        Span<byte> bytes = stackalloc byte[Length];
        bytes[0] = Form;
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], At.UtcTicks);
        Id.TryWriteBytes(bytes[9..], bigEndian: true, out _);
        Mark(bytes[..Place], list).CopyTo(bytes[Place..]);
        return Base64Url.EncodeToString(bytes);
    }

    /// <exception cref="ProblemException">400 that names the parameter.</exception>
    public static Cursor Decode(string parameter, string text, string list)
    {
        Span<byte> bytes = stackalloc byte[Length];
        return
            Base64Url.IsValid(text, out var length)
            && length == Length
            && Base64Url.TryDecodeFromChars(text, bytes, out _)
            && bytes[0] == Form
            && BinaryPrimitives.ReadInt64BigEndian(bytes[1..]) is >= 0 and var ticks
            && ticks <= DateTimeOffset.MaxValue.UtcTicks
            && bytes[Place..].SequenceEqual(Mark(bytes[..Place], list))
            ? new(new(ticks, TimeSpan.Zero), new Guid(bytes[9..Place], bigEndian: true))
            : throw ProblemException.BadRequest(parameter, "is no cursor of this list; begin again without it");
    }

    static ReadOnlySpan<byte> Mark(ReadOnlySpan<byte> place, string list) =>
        SHA256.HashData([.. place, .. Encoding.UTF8.GetBytes(list)]).AsSpan(0, Length - Place);
}
