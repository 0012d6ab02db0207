using System.IO.Compression;
using System.Text;
using CsCheck;
using NewsPlatform.Notifications.Stream;
using Xunit;

namespace NewsPlatform.Notifications.Tests;

public sealed class StreamGzipTests
{
    static string Decompress(IEnumerable<byte> bytes)
    {
        using var gzip = new GZipStream(new MemoryStream([.. bytes]), CompressionMode.Decompress);
        using var reader = new StreamReader(gzip);
        return reader.ReadToEnd();
    }

    [Fact]
    public void Pieces_in_any_order_are_one_stream_whose_checksum_is_right() =>
        Gen.Select(Gen.String[Gen.Char.AlphaNumeric, 0, 3_000], Gen.Bool)
            .Array[0, 20]
            .Sample(
                parts =>
                {
                    var member = new GzipMember();
                    List<byte> bytes = [.. GzipMember.Header.Content.Span];
                    foreach (var (text, stored) in parts)
                    {
                        var original = Encoding.UTF8.GetBytes(text);
                        bytes.AddRange(member.Add(stored ? GzipPiece.Stored(original) : GzipPiece.Of(original)).Content.Span);
                    }
                    bytes.AddRange(member.End().Content.Span);
                    // .NET's decoder checks both the checksum and the length at the end.
                    return Decompress(bytes) == string.Concat(parts.Select(part => part.Item1));
                },
                iter: 200
            );

    [Fact]
    public void One_piece_serves_every_stream_wherever_it_stands()
    {
        var shared = GzipPiece.Of("event: published\nid: 7\ndata: {}\n\n"u8);
        for (var before = 0; before < 3; before++)
        {
            var member = new GzipMember();
            List<byte> bytes = [.. GzipMember.Header.Content.Span];
            for (var i = 0; i < before; i++)
            {
                bytes.AddRange(member.Add(GzipPiece.Of(Encoding.UTF8.GetBytes($"something else {i} "))).Content.Span);
            }
            bytes.AddRange(member.Add(shared).Content.Span);
            bytes.AddRange(member.End().Content.Span);
            Assert.EndsWith("event: published\nid: 7\ndata: {}\n\n", Decompress(bytes), StringComparison.Ordinal);
        }
    }
}
