using System.Buffers;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Publishing.Import.Feeds;

/// <summary>
/// A body that ends with a <see cref="Refusal"/> when more is read of it than may be; who reads says when it counts anew. Control
/// characters, which are no XML but stand in many an export, come as spaces.
/// </summary>
sealed class BoundedStream(Stream body, int maxBytes) : Stream
{
    static readonly SearchValues<byte> controls = SearchValues.Create([.. Enumerable.Range(0, 32).Select(c => (byte)c).Except("\t\n\r"u8.ToArray())]);

    bool? isWide;

    /// <summary>Bytes read since it was last set to zero.</summary>
    public long Used { get; set; }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (Used > maxBytes)
        {
            throw new Refusal(413, "too-large", $"an item may have {maxBytes} bytes at most");
        }
        var read = await body.ReadAsync(buffer, cancellationToken);
        Used += read;
        Clean(buffer.Span[..read]);
        return read;
    }

    void Clean(Span<byte> bytes)
    {
        // In UTF-16 a byte below 32 is half a letter.
        isWide ??= bytes is [0xFE or 0xFF, ..] || bytes[..Math.Min(4, bytes.Length)].Contains((byte)0);
        while (isWide == false && bytes.IndexOfAny(controls) is >= 0 and var at)
        {
            bytes[at] = (byte)' ';
            bytes = bytes[(at + 1)..];
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
    public override void SetLength(long value) => throw new NotSupportedException();
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }
}
