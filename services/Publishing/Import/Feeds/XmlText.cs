using System.Buffers;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Import.Feeds;

/// <summary>
/// The text of an XML document as it comes. Bytes that are no letter of its encoding come as <see cref="BadBytes.NoLetter"/>, control
/// characters, which are no XML but stand in many an export, as spaces. What was given out since an item began is kept, so that one that
/// is not well-formed can be passed.
/// </summary>
sealed class XmlText(BoundedStream body, Encoding? asked, int maxKept) : TextReader
{
    static readonly SearchValues<char> noXml = SearchValues.Create([
        .. Enumerable.Range(0, 32).Select(c => (char)c).Except("\t\n\r"),
        '\uFFFE',
        '\uFFFF',
    ]);

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
        encoding = Encoding.GetEncoding(
            found.CodePage,
            EncoderFallback.ReplacementFallback,
            new DecoderReplacementFallback(BadBytes.NoLetter)
        );
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

    /// <inheritdoc cref="BadBytes.Fault"/>
    public string? Fault(XElement item) => BadBytes.Fault(item, encoding);

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
                var (ends, length) = BadBytes.First(rest, until);
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
                rest.StartsWith("<![CDATA[") ? BadBytes.EndsOfCData
                : rest.StartsWith("<!--") ? BadBytes.EndsOfComments
                : null;
            Pass(start + 1);
        }
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
