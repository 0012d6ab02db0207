using System.Buffers;
using System.Buffers.Text;

namespace NewsPlatform.ServiceDefaults;

/// <summary>
/// Bytes that somebody hands in as text. Libraries write base64 in either of its alphabets and with padding or without (RFC 4648, sections
/// 4 and 5), whatever the protocol calls for, and mean the same bytes.
/// </summary>
public static class Base64Text
{
    static readonly SearchValues<char> plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
    static readonly SearchValues<char> url = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>
    /// Null for what is none: other characters, white space among them, both alphabets at once, padding that does not fit, or more bytes
    /// than are wanted.
    /// </summary>
    public static byte[]? Read(ReadOnlySpan<char> text, int maxBytes)
    {
        if (text.Length > Base64.GetMaxEncodedToUtf8Length(maxBytes))
        {
            return null;
        }
        var digits = text.TrimEnd('=');
        var isWhole = digits.Length == text.Length || (text.Length % 4 == 0 && text.Length - digits.Length <= 2);
        if (!isWhole || digits.Length % 4 == 1 || (digits.ContainsAnyExcept(plain) && digits.ContainsAnyExcept(url)))
        {
            return null;
        }
        var padded = new char[(digits.Length + 3) / 4 * 4];
        padded.AsSpan().Fill('=');
        digits.Replace(padded, '-', '+');
        padded.AsSpan().Replace('_', '/');
        var bytes = new byte[padded.Length / 4 * 3];
        return Convert.TryFromBase64Chars(padded, bytes, out var length) && length <= maxBytes ? bytes[..length] : null;
    }
}
