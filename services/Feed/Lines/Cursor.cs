using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using NewsPlatform.Contracts;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Feed.Lines;

/// <summary>A place on a line: between a story and the next older one. Opaque to clients, and good only for the line that gave it.</summary>
public sealed record Cursor(DateTimeOffset PublishedAt, Guid Id)
{
    const byte Form = 1;
    const int Length = 1 + 8 + 16 + 4;

    public static Cursor Of(LineItem item) => new(item.PublishedAt, item.Id);

    public string Encode(Line line)
    {
        Span<byte> bytes = stackalloc byte[Length];
        bytes[0] = Form;
        BinaryPrimitives.WriteInt64BigEndian(bytes[1..], PublishedAt.UtcTicks);
        Id.TryWriteBytes(bytes[9..], bigEndian: true, out _);
        Mark(line).CopyTo(bytes[25..]);
        return Base64Url.EncodeToString(bytes);
    }

    /// <exception cref="Refusal">400 that names the parameter.</exception>
    public static Cursor Decode(string parameter, string text, Line line)
    {
        Span<byte> bytes = stackalloc byte[Length];
        if (!Base64Url.IsValid(text, out var length) || length != Length || !Base64Url.TryDecodeFromChars(text, bytes, out _) || bytes[0] != Form
            || BinaryPrimitives.ReadInt64BigEndian(bytes[1..]) is var ticks && (ticks < 0 || ticks > DateTimeOffset.MaxValue.UtcTicks))
        {
            throw Refusal.Unreadable(parameter, "is no cursor of this service");
        }
        if (!bytes[25..].SequenceEqual(Mark(line)))
        {
            throw Refusal.Unreadable(parameter, "is the cursor of another line; begin again without it");
        }
        return new(new(ticks, TimeSpan.Zero), new Guid(bytes[9..25], bigEndian: true));
    }

    static byte[] Mark(Line line) => SHA256.HashData(Encoding.UTF8.GetBytes($"{line.Language}\n{line.Category}\n{line.Keyword}"))[..4];
}
