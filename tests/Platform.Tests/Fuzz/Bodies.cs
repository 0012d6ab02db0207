using System.IO.Compression;
using System.Text;
using NewsPlatform.TestSupport;
using static NewsPlatform.Platform.Tests.Fuzz.Oddities;

namespace NewsPlatform.Platform.Tests.Fuzz;

/// <summary>Odd bodies, and odd words about them.</summary>
public static class Bodies
{
    static readonly string[] types =
    [
        "",
        "text/plain",
        "application/xml",
        "application/json; charset=utf-16",
        "application/json; charset=odd",
        "application/json; charset=utf-7",
        "APPLICATION/JSON",
        "application/vnd.odd+json",
        "application/json, application/json",
        ";",
        "/",
        "odd",
        "multipart/form-data",
        "multipart/form-data; boundary=x",
        "multipart/form-data; boundary=\"\"",
        "application/x-www-form-urlencoded",
        "application/x-ndjson",
        "text/json",
        "application/json;\u00e4",
        "application/problem+json",
        "application/octet-stream",
        "*/*",
    ];

    static readonly (string Name, Func<byte[]> Bytes)[] whole =
    [
        ("nothing", () => []),
        ("null", () => "null"u8.ToArray()),
        ("an empty array", () => "[]"u8.ToArray()),
        ("an empty object", () => "{}"u8.ToArray()),
        ("a number", () => "0"u8.ToArray()),
        ("a text", () => "\"odd\""u8.ToArray()),
        ("true", () => "true"u8.ToArray()),
        ("a brace", () => "{"u8.ToArray()),
        ("a bracket", () => "["u8.ToArray()),
        ("an array of null", () => "[null]"u8.ToArray()),
        ("blanks", () => Encoding.ASCII.GetBytes(Many(" ", 100_000))),
        ("deep arrays", () => Encoding.ASCII.GetBytes(Many("[", 100_000))),
        ("deep objects", () => Encoding.ASCII.GetBytes(Many("{\"a\":", 20_000))),
        ("no UTF-8", () => [(byte)'{', (byte)'"', 0xff, 0xfe, (byte)'"', (byte)':', (byte)'1', (byte)'}']),
        ("NaN", () => "NaN"u8.ToArray()),
        ("a NUL", () => [0]),
        ("a comment", () => "{/* odd */}"u8.ToArray()),
        ("two documents", () => "{}{}"u8.ToArray()),
        ("an unknown member", () => "{\"odd\":1}"u8.ToArray()),
        ("a member of odd name", () => "{\"\\u0000\\ud800<b>\":1}"u8.ToArray()),
        ("metadata", () => "{\"$type\":\"odd\",\"$id\":\"1\",\"$ref\":\"1\"}"u8.ToArray()),
        ("a kind of its own", () => "{\"kind\":\"odd\"}"u8.ToArray()),
        ("a kind that is a number", () => "{\"kind\":1}"u8.ToArray()),
        ("markup", () => "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>"u8.ToArray()),
        ("a form", () => "a=1&a=2&%00=%ff"u8.ToArray()),
        ("a form without end", () => Encoding.ASCII.GetBytes(Many("a=1&", 20_000))),
        ("five megabytes", () => Encoding.ASCII.GetBytes($"\"{Many("a", 5 << 20)}\"")),
        ("members without end", () =>
            Encoding.ASCII.GetBytes($"{{{string.Join(',', Enumerable.Range(0, 20_000).Select(i => $"\"m{i}\":1"))}}}")
        ),
    ];

    public static IEnumerable<Mutation> Of(Operation operation)
    {
        foreach (var (name, bytes) in whole)
        {
            yield return new($"body: {name}", d =>
                (
                    d.Headers.Any(h => h.Name == "Content-Type")
                        ? d
                        : d.Set("Content-Type", operation.Bodies.Keys.FirstOrDefault("application/json"))
                ).Say(bytes())
            );
        }
        foreach (var type in types)
        {
            yield return new($"Content-Type: {type}", d => (d.Body is null ? d.Say("{}") : d).Set("Content-Type", type));
        }
        foreach (var coding in new[] { "gzip", "br", "deflate", "identity", "odd", "gzip, gzip" })
        {
            yield return new($"Content-Encoding: {coding}", d => d.Say(d.Body ?? "{}"u8.ToArray()).Set("Content-Encoding", coding));
        }
        foreach (var length in new[] { "-1", "odd", "99999999999999999999", "1, 1", "0x1", "+1", "\u00d9\u00a1" })
        {
            yield return new($"Content-Length: {length}", d => d.Say("{}").Set("Content-Length", length));
        }
        foreach (var coding in new[] { "gzip", "chunked, gzip", "odd", "identity", "" })
        {
            yield return new($"Transfer-Encoding: {coding}", d => d.Say("0\r\n\r\n").Set("Transfer-Encoding", coding));
        }
        yield return new("chunked and a length", d =>
            d.Say("2\r\n{}\r\n0\r\n\r\n").Set("Transfer-Encoding", "chunked").Set("Content-Length", "2")
        );
        yield return new("a chunk of odd length", d => d.Say("zz\r\n{}\r\n0\r\n\r\n").Set("Transfer-Encoding", "chunked"));
        yield return new("a chunk longer than can be", d =>
            d.Say("ffffffffffffffff\r\n{}\r\n0\r\n\r\n").Set("Transfer-Encoding", "chunked")
        );
        yield return new("a body of which the length is less", d => d.Say("{}GET /odd HTTP/1.1\r\n\r\n").Set("Content-Length", "2"));
        yield return new("in chunks", d => (d.Body is null ? d.Say("{}") : d) with { Chunked = true });
        yield return new("gzipped", d => d.Say(Packed(d.Body ?? "{}"u8.ToArray())).Set("Content-Encoding", "gzip"));
        yield return new("gzipped a thousandfold", d =>
            d.Say(Packed(Encoding.ASCII.GetBytes($"\"{Many("a", 20 << 20)}\""))).Set("Content-Encoding", "gzip")
        );
        yield return new("a multipart body", d =>
            d.Say("--x\r\nContent-Disposition: form-data; name=\"a\"; filename=\"../../x\"\r\n\r\n1\r\n--x--\r\n")
                .Set("Content-Type", "multipart/form-data; boundary=x")
        );
        if (operation.Bodies.Count > 0)
        {
            yield return new("without a body", d => d with { Body = null, Headers = d.Without("Content-Type").Headers });
            yield return new("without a body, of a type", d => d with { Body = null });
            yield return new("a byte order mark", d => d.Say([0xef, 0xbb, 0xbf, .. d.Body ?? []]));
            yield return new("UTF-16", d => d.Say(Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(d.Body ?? []))));
            yield return new("half of it", d => d.Say((d.Body ?? [])[..((d.Body?.Length ?? 0) / 2)]));
            yield return new("all but the end", d => d.Say((d.Body ?? [])[..Math.Max(0, (d.Body?.Length ?? 0) - 1)]));
            yield return new("more behind it", d => d.Say([.. d.Body ?? [], (byte)',', (byte)'}']));
            yield return new("a comma too many", d =>
                d.Say([.. (d.Body ?? [])[..Math.Max(0, (d.Body?.Length ?? 0) - 1)], (byte)',', (byte)'}'])
            );
        }
    }

    static byte[] Packed(byte[] bytes)
    {
        using var packed = new MemoryStream();
        using (var zip = new GZipStream(packed, CompressionLevel.Fastest))
        {
            zip.Write(bytes);
        }
        return packed.ToArray();
    }
}
