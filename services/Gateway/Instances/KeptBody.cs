namespace NewsPlatform.Gateway.Instances;

/// <summary>A request's body that can be read once more, unless it was too long: then what was kept of it is let go.</summary>
/// <param name="most">Bytes that are kept.</param>
public sealed class KeptBody(Stream client, int most) : Stream
{
    MemoryStream? kept = new();
    int position;

    public override bool CanRead => true;
    public override bool CanSeek => false;
    public override bool CanWrite => false;
    public override long Length => throw new NotSupportedException();
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>Whether it can be read from its beginning again, and is.</summary>
    public bool Rewind()
    {
        position = 0;
        return kept is not null;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (kept is { } known && position < known.Length)
        {
            var again = known.GetBuffer().AsMemory(position, Math.Min(buffer.Length, (int)known.Length - position));
            again.CopyTo(buffer);
            position += again.Length;
            return again.Length;
        }
        var read = await client.ReadAsync(buffer, cancellationToken);
        if (kept?.Length + read > most)
        {
            kept = null;
        }
        kept?.Write(buffer.Span[..read]);
        position += read;
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
