using System.Buffers.Binary;
using System.IO.Compression;
using System.IO.Hashing;

namespace NewsPlatform.Notifications.Stream;

/// <summary>
/// What goes out, compressed once for everybody: deflate blocks (RFC 1951) by a compressor that knew nothing before them, up to a byte's
/// end. They refer to nothing outside of themselves, so they can stand anywhere in anybody's stream.
/// </summary>
public sealed class GzipPiece
{
    const int HeaderLength = 10;
    const uint Polynomial = 0xEDB88320;
    const uint One = 1u << 31;

    GzipPiece(byte[] bytes, ReadOnlySpan<byte> original)
    {
        Chunk = new(bytes);
        Length = original.Length;
        Crc = Crc32.HashToUInt32(original);
        shift = PowerOfX(8L * Length);
    }

    readonly uint shift;

    public ReadOnlyMemory<byte> Bytes => Chunk.Content;
    public HttpChunk Chunk { get; }

    /// <summary>Bytes before compression.</summary>
    public int Length { get; }

    /// <summary>CRC-32 of what it was before compression (RFC 1952, section 8).</summary>
    public uint Crc { get; }

    public static GzipPiece Of(ReadOnlySpan<byte> original)
    {
        if (original.IsEmpty)
        {
            return new([], original);
        }
        using var made = new MemoryStream();
        using var gzip = new GZipStream(made, CompressionLevel.Optimal, leaveOpen: true);
        gzip.Write(original);
        gzip.Flush();
        return new(made.ToArray()[HeaderLength..], original);
    }

    /// <summary>Not compressed at all (RFC 1951, section 3.2.4), for a few words to one client.</summary>
    public static GzipPiece Stored(ReadOnlySpan<byte> original)
    {
        var bytes = new byte[5 + original.Length];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(1), checked((ushort)original.Length));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(3), (ushort)~original.Length);
        original.CopyTo(bytes.AsSpan(5));
        return new(bytes, original);
    }

    /// <summary>The CRC-32 of something with this behind it: some forty steps, whatever the lengths.</summary>
    public uint CrcBehind(uint crc) => Multiply(shift, crc) ^ Crc;

    /// <summary>Of polynomials over GF(2), modulo that of the CRC; the highest bit is the constant term.</summary>
    static uint Multiply(uint a, uint b)
    {
        var product = 0u;
        for (var term = One; term != 0; term >>= 1)
        {
            product ^= (a & term) == 0 ? 0 : b;
            b = (b & 1) == 0 ? b >> 1 : b >> 1 ^ Polynomial;
        }
        return product;
    }

    static uint PowerOfX(long exponent)
    {
        var (power, square) = (One, One >> 1);
        for (; exponent > 0; exponent >>= 1)
        {
            power = (exponent & 1) == 0 ? power : Multiply(square, power);
            square = Multiply(square, square);
        }
        return power;
    }
}

/// <summary>
/// One client's gzip stream (RFC 1952) made of shared pieces. All that is its own is the checksum so far, so that a stream which ends in
/// order is whole and no decoder complains. One member for all of it: browsers stop at a first member's end.
/// </summary>
public sealed class GzipMember
{
    /// <summary>No name, no time, an unknown system.</summary>
    public static HttpChunk Header { get; } = new([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);

    uint crc;
    uint length;

    public HttpChunk Add(GzipPiece piece)
    {
        crc = piece.CrcBehind(crc);
        length += (uint)piece.Length;
        return piece.Chunk;
    }

    /// <summary>An empty last block, the checksum and the length.</summary>
    public HttpChunk End()
    {
        var end = new byte[10];
        end[0] = 3;
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(2), crc);
        BinaryPrimitives.WriteUInt32LittleEndian(end.AsSpan(6), length);
        return new(end);
    }
}
