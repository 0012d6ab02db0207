using System.Buffers;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Import.Feeds;

/// <summary>
/// The text of an XML document as it comes. Bytes that are no letter of its encoding come as <see cref="NoLetter"/>, control characters,
/// which are no XML but stand in many an export, as spaces. What was given out since an item began is kept, so that one that is not
/// well-formed can be passed.
/// </summary>
sealed class XmlText(BoundedStream body, Encoding? asked, int maxKept) : TextReader
{
    /// <summary>Stands for a byte that is no letter: the last of the characters that are for private use, which no text has.</summary>
    public const string NoLetter = "\U0010FFFD";

    static readonly SearchValues<char> noXml = SearchValues.Create([
        .. Enumerable.Range(0, 32).Select(c => (char)c).Except("\t\n\r"),
        '\uFFFE',
        '\uFFFF',
    ]);

    static readonly string[] endsOfCData = Ends("]]>"),
        endsOfComments = Ends("-->");

    /// <summary>That, and what one bad byte makes of it.</summary>
    static string[] Ends(string end) => [end, .. Enumerable.Range(0, end.Length).Select(i => end.Remove(i, 1).Insert(i, NoLetter))];

    readonly byte[] bytes = new byte[4096];
    char[] chars = new char[32 << 10];

    // What is kept begins at start; the reader has had what stands before next.
    int start,
        next,
        end;
    int line = 1,
        column = 1,
        linesBefore;
    string before = "";
    int given;
    Encoding encoding = Encoding.UTF8;
    Decoder decoder = Encoding.UTF8.GetDecoder();
    bool isAtEnd;

    /// <summary>More was read since the last mark than is kept.</summary>
    public bool IsLost { get; private set; }

    /// <summary>End tags of that name that <see cref="PassTagAsync"/> came by.</summary>
    public int Closed { get; private set; }

    /// <summary>The number in the document of a line that the present reader counts.</summary>
    public int LineOf(int counted) => counted + linesBefore;

    /// <summary>Finds out the encoding, and where the document begins.</summary>
    /// <exception cref="ProblemException">400: it declares an encoding that nobody here knows.</exception>
    public async Task BeginAsync()
    {
        var read = 0;
        while (read < bytes.Length && (read < 4 || !bytes.AsSpan(0, read).Contains((byte)'>')))
        {
            if (await body.ReadAsync(bytes.AsMemory(read)) is not (> 0 and var more))
            {
                break;
            }
            read += more;
        }
        var (found, mark) = XmlEncoding.Of(bytes.AsSpan(0, read), asked);
        encoding = Encoding.GetEncoding(found.CodePage, EncoderFallback.ReplacementFallback, new DecoderReplacementFallback(NoLetter));
        decoder = encoding.GetDecoder();
        Decode(bytes.AsSpan(mark, read - mark), flush: false);
        // Some write a line before the declaration, which is no XML.
        do
        {
            var blank = chars.AsSpan(start, end - start).IndexOfAnyExcept(" \t\r\n\uFEFF");
            Pass(blank < 0 ? end : start + blank);
        } while (start == end && await FillAsync());
        (next, linesBefore, line, column) = (start, line - 1, 1, 1);
    }

    /// <summary>
    /// What to say of an item that has a byte which is no letter: whatever a reader guessed of it would not be what its author wrote.
    /// </summary>
    public string? Fault(XElement item)
    {
        foreach (var element in item.DescendantsAndSelf())
        {
            var said = element
                .Attributes()
                .Select(a => a.Value)
                .Concat(element.Nodes().OfType<XText>().Select(t => t.Value))
                .FirstOrDefault(value => value.Contains(NoLetter, StringComparison.Ordinal));
            if (said is not null)
            {
                var at = said.IndexOf(NoLetter, StringComparison.Ordinal);
                var around = Html.Text(Shown(said[Math.Max(0, at - 20)..Math.Min(said.Length, at + 20)]));
                var name = encoding is UTF8Encoding ? "UTF-8" : encoding.WebName;
                return $"'{around}' in its {element.Name.LocalName} has a byte that is no letter in {name}; correct it there, "
                    + "or say the encoding that the file is in";
            }
        }
        return null;
    }

    /// <summary>Whether such a byte stands where the text was to end, so that it went on into what follows.</summary>
    public static bool RanOn(string text) =>
        Array.Exists(endsOfCData, end => end.Length > 3 && text.Contains(end, StringComparison.Ordinal));

    /// <summary>As others show what they could not read.</summary>
    public static string Shown(string text) => text.Replace(NoLetter, "\uFFFD", StringComparison.Ordinal);

    public override async ValueTask<int> ReadAsync(Memory<char> buffer, CancellationToken cancellationToken = default)
    {
        if (given < before.Length)
        {
            var count = Math.Min(buffer.Length, before.Length - given);
            before.AsMemory(given, count).CopyTo(buffer);
            given += count;
            return count;
        }
        if (next == end && !await FillAsync())
        {
            return 0;
        }
        var some = Math.Min(buffer.Length, end - next);
        chars.AsMemory(next, some).CopyTo(buffer);
        next += some;
        return some;
    }

    public override Task<int> ReadAsync(char[] buffer, int index, int count) => ReadAsync(buffer.AsMemory(index, count)).AsTask();

    public override Task<int> ReadBlockAsync(char[] buffer, int index, int count) => ReadAsync(buffer, index, count);

    public override int Read() => throw new NotSupportedException();

    public override int Peek() => throw new NotSupportedException();

    /// <summary>Nothing before the element that the reader stands at is needed any more.</summary>
    public void Mark(IXmlLineInfo at)
    {
        // A reader names the place of the name.
        while (start < next && (line < at.LineNumber || line == at.LineNumber && column < at.LinePosition - 1))
        {
            Pass(start + 1);
        }
        IsLost = false;
    }

    /// <summary>
    /// Goes on with the next tag of that name behind the one at the last mark, for a reader that is to have read something else before it.
    /// What stands in CDATA or a comment is no tag.
    /// </summary>
    /// <returns>Whether there is one.</returns>
    public async Task<bool> PassTagAsync(string name, string readBefore)
    {
        string[]? until = null;
        Closed = 0;
        Pass(Math.Min(start + 1, end));
        while (!IsAtTag(name, ref until))
        {
            // Nothing of it is kept, so it may be as long as it likes.
            (next, body.Used) = (end, 0);
            if (!await FillAsync())
            {
                return false;
            }
        }
        (next, before, given, body.Used) = (start, readBefore, 0, 0);
        (linesBefore, line, column) = (linesBefore + line - 1, 1, readBefore.Length + 1);
        return true;
    }

    bool IsAtTag(string name, ref string[]? until)
    {
        while (true)
        {
            var rest = chars.AsSpan(start, end - start);
            if (until is not null)
            {
                var (ends, length) = First(rest, until);
                Pass(ends < 0 ? Math.Max(start, end - 3) : start + ends + length);
                if (ends < 0)
                {
                    return false;
                }
                until = null;
                continue;
            }
            var opens = rest.IndexOf('<');
            Pass(opens < 0 ? end : start + opens);
            rest = chars.AsSpan(start, end - start);
            if (rest.Length < 16 + name.Length && !isAtEnd)
            {
                return false;
            }
            if (rest is [])
            {
                return false;
            }
            if (
                rest.Length > name.Length + 1
                && rest[1..].StartsWith(name)
                && rest[name.Length + 1] is ' ' or '\t' or '\r' or '\n' or '>' or '/'
            )
            {
                return true;
            }
            Closed += rest.StartsWith("</") && rest[2..].StartsWith(name) ? 1 : 0;
            until =
                rest.StartsWith("<![CDATA[") ? endsOfCData
                : rest.StartsWith("<!--") ? endsOfComments
                : null;
            Pass(start + 1);
        }
    }

    static (int At, int Length) First(ReadOnlySpan<char> text, string[] ends)
    {
        var (first, length) = (-1, 0);
        foreach (var end in ends)
        {
            var at = (first < 0 ? text : text[..Math.Min(text.Length, first + end.Length)]).IndexOf(end);
            (first, length) = at >= 0 && (first < 0 || at < first) ? (at, end.Length) : (first, length);
        }
        return (first, length);
    }

    async Task<bool> FillAsync()
    {
        if (isAtEnd)
        {
            return false;
        }
        var read = await body.ReadAsync(bytes);
        isAtEnd = read == 0;
        return Decode(bytes.AsSpan(0, read), flush: isAtEnd) > 0 || !isAtEnd && await FillAsync();
    }

    int Decode(ReadOnlySpan<byte> some, bool flush)
    {
        if (end - start > maxKept)
        {
            IsLost = true;
            Pass(next);
        }
        var most = encoding.GetMaxCharCount(some.Length);
        if (chars.Length - end < most)
        {
            var kept = chars.AsSpan(start, end - start);
            var room = chars.Length - kept.Length < most ? new char[2 * (kept.Length + most)] : chars;
            kept.CopyTo(room);
            (chars, start, next, end) = (room, 0, next - start, end - start);
        }
        var count = decoder.GetChars(some, chars.AsSpan(end), flush);
        for (var rest = chars.AsSpan(end, count); rest.IndexOfAny(noXml) is >= 0 and var at; rest = rest[(at + 1)..])
        {
            rest[at] = ' ';
        }
        end += count;
        return count;
    }

    /// <summary>As a reader counts lines.</summary>
    void Pass(int until)
    {
        for (; start < until; start++)
        {
            var ends = chars[start] == '\n' || chars[start] == '\r' && !(start + 1 < end && chars[start + 1] == '\n');
            (line, column) = ends ? (line + 1, 1) : (line, column + 1);
        }
    }
}
