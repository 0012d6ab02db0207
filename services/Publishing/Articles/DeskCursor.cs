using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Articles;

/// <summary>A place in one of the desk's lists: after an item. Opaque to clients, and good only for the list, and the filter, that gave it.</summary>
public sealed record DeskCursor(DateTimeOffset At, Guid Id)
{
    const byte Form = 1;
    const int Length = 1 + 8 + 16 + 4;

    public string Encode(string list, DeskFilter filter)
    {
        Span<byte> bytes = stackalloc byte[Length];
        bytes[0] = Form;
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], At.UtcTicks);
        Id.TryWriteBytes(bytes[9..], bigEndian: true, out _);
        Mark(bytes[..25], list, filter).CopyTo(bytes[25..]);
        return Base64Url.EncodeToString(bytes);
    }

    /// <exception cref="Refusal">400 that names the parameter.</exception>
    public static DeskCursor Decode(string parameter, string text, string list, DeskFilter filter)
    {
        Span<byte> bytes = stackalloc byte[Length];
        return Base64Url.IsValid(text, out var length) && length == Length && Base64Url.TryDecodeFromChars(text, bytes, out _) && bytes[0] == Form
            && BinaryPrimitives.ReadInt64BigEndian(bytes[1..]) is var ticks && ticks >= 0 && ticks <= DateTimeOffset.MaxValue.UtcTicks
            && bytes[25..].SequenceEqual(Mark(bytes[..25], list, filter))
                ? new(new(ticks, TimeSpan.Zero), new Guid(bytes[9..25], bigEndian: true))
                : throw Refusal.Unreadable(parameter, "is no cursor of this list; begin again without it");
    }

    static byte[] Mark(ReadOnlySpan<byte> place, string list, DeskFilter filter) =>
        SHA256.HashData([.. place, .. Encoding.UTF8.GetBytes($"{list}\n{filter.Where}\n{JsonSerializer.Serialize(filter.Values)}")])[..4];
}
