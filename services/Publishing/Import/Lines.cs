using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using NewsPlatform.Publishing.Import.Items;

namespace NewsPlatform.Publishing.Import;

/// <summary>
/// Reads a body line by line in bounded memory, as many lines at a time as have arrived and no more bytes than a line may have, but for
/// the last one's.
/// </summary>
public static class Lines
{
    public static async IAsyncEnumerable<IReadOnlyList<ImportLine>> ReadAsync(
        PipeReader reader,
        int maxBytes,
        int maxLines,
        [EnumeratorCancellation] CancellationToken ct
    )
    {
        var number = 0;
        var skipping = false;
        var batch = new List<ImportLine>(maxLines);
        var bytes = 0L;
        while (true)
        {
            if (!reader.TryRead(out var result))
            {
                if (batch.Count > 0)
                {
                    yield return batch;
                    (batch, bytes) = (new(maxLines), 0);
                }
                result = await reader.ReadAsync(ct);
            }
            var buffer = result.Buffer;
            while (Next(ref buffer, result.IsCompleted) is { } line)
            {
                number++;
                line = number == 1 ? WithoutMark(line) : line;
                if (skipping || line.Length > maxBytes)
                {
                    batch.Add(ImportLine.Fault(number, $"line: may have {maxBytes} bytes at most"));
                }
                else if (!IsBlank(line))
                {
                    var json = line.ToArray();
                    batch.Add(new(number, () => ImportItem.Read(json)));
                    bytes += line.Length;
                }
                skipping = false;
                if (batch.Count == maxLines || bytes >= maxBytes)
                {
                    yield return batch;
                    (batch, bytes) = (new(maxLines), 0);
                }
            }
            if (result.IsCompleted)
            {
                break;
            }
            if (buffer.Length > maxBytes)
            {
                skipping = true;
                buffer = buffer.Slice(buffer.End);
            }
            reader.AdvanceTo(buffer.Start, result.Buffer.End);
        }
        if (batch.Count > 0)
        {
            yield return batch;
        }
    }

    static ReadOnlySequence<byte>? Next(ref ReadOnlySequence<byte> buffer, bool completed)
    {
        if (buffer.PositionOf((byte)'\n') is { } end)
        {
            var line = buffer.Slice(0, end);
            buffer = buffer.Slice(buffer.GetPosition(1, end));
            return line;
        }
        if (!completed || buffer.IsEmpty)
        {
            return null;
        }
        var rest = buffer;
        buffer = buffer.Slice(buffer.End);
        return rest;
    }

    static ReadOnlySequence<byte> WithoutMark(ReadOnlySequence<byte> line)
    {
        var start = new SequenceReader<byte>(line);
        start.IsNext("\uFEFF"u8, advancePast: true);
        return start.UnreadSequence;
    }

    static bool IsBlank(in ReadOnlySequence<byte> line)
    {
        foreach (var segment in line)
        {
            if (segment.Span.ContainsAnyExcept(" \t\r"u8))
            {
                return false;
            }
        }
        return true;
    }
}
