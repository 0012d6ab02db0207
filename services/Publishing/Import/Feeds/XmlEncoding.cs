using System.Text;
using System.Text.RegularExpressions;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Import.Feeds;

/// <summary>
/// In which encoding an XML document is: by its byte order mark, by what the request says (RFC 7303, section 3.2), or by its declaration.
/// </summary>
static class XmlEncoding
{
    static readonly Regex declared = new(
        "^\\s*<\\?xml[^>]*?\\sencoding\\s*=\\s*[\"'](?<name>[A-Za-z][A-Za-z0-9._:\\-]*)",
        RegexOptions.NonBacktracking | RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture
    );

    // The old encodings of archives, such as windows-1251.
    static XmlEncoding() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <param name="first">With the declaration, if there is one.</param>
    /// <returns>The encoding, and how many bytes its mark has.</returns>
    /// <exception cref="ProblemException">400: it declares an encoding that nobody here knows.</exception>
    public static (Encoding Encoding, int Mark) Of(ReadOnlySpan<byte> first, Encoding? asked) =>
        first switch
        {
            [0xEF, 0xBB, 0xBF, ..] => (Encoding.UTF8, 3),
            [0xFF, 0xFE, 0, 0, ..] => (Encoding.UTF32, 4),
            [0xFF, 0xFE, ..] => (Encoding.Unicode, 2),
            [0xFE, 0xFF, ..] => (Encoding.BigEndianUnicode, 2),
            _ when asked is not null => (asked, 0),
            [(byte)'<', 0, _, 0, ..] => (Encoding.Unicode, 0),
            [0, (byte)'<', 0, _, ..] => (Encoding.BigEndianUnicode, 0),
            _ => (Declared(Encoding.Latin1.GetString(first)), 0),
        };

    static Encoding Declared(string first)
    {
        if (declared.Match(first) is not { Success: true } match)
        {
            return Encoding.UTF8;
        }
        try
        {
            // What says in single bytes that its letters have two is mistaken.
            var encoding = Encoding.GetEncoding(match.Groups["name"].Value);
            return encoding.GetByteCount("a") > 1 ? Encoding.UTF8 : encoding;
        }
        catch (Exception fault) when (fault is ArgumentException or NotSupportedException)
        {
            throw ProblemException.BadRequest(
                "body",
                $"says that its encoding is '{Html.Cut(match.Groups["name"].Value, 60)}', which is none that is known here"
            );
        }
    }
}
