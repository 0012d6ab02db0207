using System.Globalization;
using System.Text;

namespace NewsPlatform.Notifications.Stream;

/// <summary>Bytes with what stands around them in a body of HTTP/1.1 whose length is not known before (RFC 9112, section 7.1).</summary>
public sealed class HttpChunk
{
    /// <summary>After which nothing comes.</summary>
    public static readonly ReadOnlyMemory<byte> Last = "0\r\n\r\n"u8.ToArray();

    static ReadOnlySpan<byte> LineEnd => "\r\n"u8;

    /// <param name="parts">One behind the other; nothing at all is no chunk, since an empty one would be the last.</param>
    public HttpChunk(params ReadOnlySpan<byte[]> parts)
    {
        var length = 0;
        foreach (var part in parts)
        {
            length += part.Length;
        }
        if (length == 0)
        {
            return;
        }
        var size = Encoding.ASCII.GetBytes(length.ToString("x", CultureInfo.InvariantCulture));
        var whole = new byte[size.Length + length + 2 * LineEnd.Length];
        size.CopyTo(whole, 0);
        LineEnd.CopyTo(whole.AsSpan(size.Length));
        var at = size.Length + LineEnd.Length;
        Content = whole.AsMemory(at, length);
        foreach (var part in parts)
        {
            part.CopyTo(whole, at);
            at += part.Length;
        }
        LineEnd.CopyTo(whole.AsSpan(at));
        Whole = whole;
    }

    public ReadOnlyMemory<byte> Whole { get; }

    /// <summary>What it is about, as part of the same bytes.</summary>
    public ReadOnlyMemory<byte> Content { get; }
}
