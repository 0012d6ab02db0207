using System.Text;

namespace NewsPlatform.ServiceDefaults;

/// <summary>Text that is given up as soon as it comes to more than so many bytes of UTF-8.</summary>
/// <exception cref="HtmlBoundExceeded">It would be longer.</exception>
public sealed class BoundedWriter(long maxBytes) : TextWriter(System.Globalization.CultureInfo.InvariantCulture)
{
    readonly StringBuilder text = new();
    long bytes;

    public override Encoding Encoding => Encoding.UTF8;

    public override void Write(char value) => Write([value]);

    public override void Write(string? value) => Write(value.AsSpan());

    public override void Write(char[] buffer, int index, int count) => Write(buffer.AsSpan(index, count));

    public override void Write(ReadOnlySpan<char> buffer)
    {
        foreach (var c in buffer)
        {
            // Either half of a surrogate pair is two of its four bytes.
            bytes +=
                c < 0x80 ? 1
                : c < 0x800 || char.IsSurrogate(c) ? 2
                : 3;
        }
        if (bytes > maxBytes)
        {
            throw new HtmlBoundExceeded($"may come to {maxBytes} bytes of clean HTML at most");
        }
        text.Append(buffer);
    }

    public override string ToString() => text.ToString();
}
