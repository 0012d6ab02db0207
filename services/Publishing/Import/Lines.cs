using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace NewsPlatform.Publishing.Import;

/// <summary>A line of a body; <see cref="Bytes"/> is null when it was longer than the limit and was passed over.</summary>
public sealed record Line(int Number, byte[]? Bytes);

/// <summary>Reads a body line by line in bounded memory, as many lines at a time as have arrived.</summary>
public static class Lines
{
    public static async IAsyncEnumerable<IReadOnlyList<Line>> ReadAsync(PipeReader reader, int maxBytes, int maxLines, [EnumeratorCancellation] CancellationToken ct)
    {
        var number = 0;
        var skipping = false;
        var batch = new List<Line>(maxLines);
        while (true)
        {
            var result = await reader.ReadAsync(ct);
            var buffer = result.Buffer;
            while (Next(ref buffer, result.IsCompleted) is { } line)
            {
                number++;
                if (skipping || line.Length > maxBytes)
                {
                    batch.Add(new(number, null));
                }
                else if (!IsBlank(line))
                {
                    batch.Add(new(number, line.ToArray()));
                }
                skipping = false;
                if (batch.Count == maxLines)
                {
                    yield return batch;
                    batch = new(maxLines);
                }
            }
            if (batch.Count > 0)
            {
                yield return batch;
                batch = new(maxLines);
            }
            if (result.IsCompleted)
            {
                yield break;
            }
            if (buffer.Length > maxBytes)
            {
                skipping = true;
                buffer = buffer.Slice(buffer.End);
            }
            reader.AdvanceTo(buffer.Start, result.Buffer.End);
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
