using System.IO.Compression;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NewsPlatform.TestSupport;

/// <summary>An answer as it came.</summary>
/// <param name="Status">0 where there was none.</param>
/// <param name="Body">Without its chunks; of a stream that does not end, what came first.</param>
/// <param name="Fault">What was wrong with how it came, such as a connection that broke in the middle.</param>
public sealed record RawAnswer(int Status, IReadOnlyList<(string Name, string Value)> Headers, byte[] Body, string? Fault = null)
{
    public string? Header(string name) => Headers.FirstOrDefault(h => h.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Value;

    public string MediaType => (Header("Content-Type") ?? "").Split(';')[0].Trim().ToLowerInvariant();

    public string Text => Encoding.UTF8.GetString(Decoded());

    /// <summary>Null where the body is no JSON.</summary>
    public JsonNode? Json()
    {
        try
        {
            return JsonNode.Parse(Decoded());
        }
        catch (JsonException)
        {
            return null;
        }
    }

    byte[] Decoded()
    {
        var coding = Header("Content-Encoding");
        if (coding is not ("gzip" or "br") || Body.Length == 0)
        {
            return Body;
        }
        using var packed = new MemoryStream(Body);
        using Stream unpacking =
            coding == "gzip" ? new GZipStream(packed, CompressionMode.Decompress) : new BrotliStream(packed, CompressionMode.Decompress);
        using var unpacked = new MemoryStream();
        unpacking.CopyTo(unpacked);
        return unpacked.ToArray();
    }

    public override string ToString()
    {
        var text = Text;
        return $"{Status} {MediaType}{(Fault is null ? "" : $" [{Fault}]")} {(text.Length > 400 ? $"{text[..400]}…" : text)}";
    }
}
