using NewsPlatform.TestSupport;
using static NewsPlatform.Platform.Tests.Fuzz.Oddities;

namespace NewsPlatform.Platform.Tests.Fuzz;

/// <summary>Odd header fields, which every operation may be sent.</summary>
public static class HeaderFields
{
    static readonly (string Name, string[] Values)[] fields =
    [
        (
            "If-Match",
            [
                "",
                "1",
                "\"1\"",
                "W/\"1\"",
                "\"1\", \"2\"",
                "*, \"1\"",
                "\"*\"",
                "**",
                "\"-1\"",
                "\"99999999999999999999\"",
                "\"9223372036854775807\"",
                "\"1e308\"",
                "\"\u00d9\u00a1\"",
                "\"",
                "\"\"",
                "\"1\"x",
                ",,,",
                Many("\"1\",", 3000),
                $"\"{Many("1", 12_000)}\"",
            ]
        ),
        (
            "If-None-Match",
            [
                "",
                "*",
                "W/\"x\"",
                "\"x\", W/\"y\"",
                "\"",
                "x",
                ",,,",
                "\"\u00e4\"",
                Many("\"a\", ", 2500),
                Many("W/", 6000),
                $"\"{Many("a", 12_000)}",
            ]
        ),
        (
            "If-Modified-Since",
            [
                "",
                "odd",
                "Thu, 01 Jan 1970 00:00:00 GMT",
                "Fri, 31 Dec 9999 23:59:59 GMT",
                "Mon, 01 Jan 0001 00:00:00 GMT",
                "Tue, 32 Foo 2026 99:99:99 GMT",
                "0",
                Many("9", 5000),
            ]
        ),
        ("If-Unmodified-Since", ["Thu, 01 Jan 1970 00:00:00 GMT", "odd"]),
        ("If-Range", ["\"x\"", "odd", ""]),
        (
            "Range",
            [
                "bytes=0-0",
                "bytes=-1",
                "bytes=5-1",
                "bytes=0-",
                $"bytes={Many("0-0,", 3000)}0-0",
                "bytes=99999999999999999999-",
                "items=0-1",
                "bytes=",
                "odd",
                "bytes=0-0,-1,1-1",
            ]
        ),
        (
            "Accept",
            [
                "",
                "application/xml",
                "text/html",
                "*/*;q=0",
                "application/json;q=0",
                ";;;",
                "text/event-stream",
                "application/problem+xml",
                "image/*",
                "/",
                "*",
                Many("a/b,", 2500),
                "text/html;q=1.5;level=\u00e4",
                "application/json;q=NaN",
            ]
        ),
        (
            "Accept-Language",
            [
                "",
                "*",
                "az;q=0",
                "tlh",
                "en-US-x-odd;q=0.0001",
                "\u00e4\u00ff",
                "../../x",
                Many("en;q=0.1,", 1500),
                "en;q=1e308",
                Many("a-", 6000),
            ]
        ),
        (
            "Accept-Encoding",
            [
                "",
                "*",
                "*;q=0",
                "identity;q=0",
                "identity;q=0, *;q=0",
                "gzip;q=0",
                "br;q=1.5",
                "gzip;q=abc",
                "gzip;q=",
                "br;q=0.5, gzip;q=0.9",
                "zstd",
                "x-gzip",
                ",,,,",
                "GZIP",
                "gzip;;q=1",
                Many("gzip,", 2500),
                "\u00e4",
            ]
        ),
        (
            "Idempotency-Key",
            ["", "a", "\"quoted\"", Many("k", 255), Many("k", 256), Many("k", 20_000), "\u00c3\u00a4\u00c3\u00a4", "a, b", "a\tb"]
        ),
        (
            "Authorization",
            [
                "",
                "Bearer",
                "Bearer ",
                "Bearer odd",
                "Basic YTpi",
                "Basic",
                "Digest username=\"a\"",
                "Bearer np_odd",
                "Bearer a b",
                "bearer: x",
                "Bearer \u00e4\u00ff",
                "Bearer eyJhbGciOiJub25lIn0.e30.",
                "Bearer eyJhbGciOiJIUzI1NiJ9.eyJyb2xlcyI6ImFkbWluIn0.x",
                "Bearer ..",
                $"Bearer {Many("a", 30_000)}",
                $"Bearer {Many("a", 100_000)}",
                $"Bearer {Many(".", 10_000)}",
                "Negotiate",
                "\"Bearer\" x",
                Many("Bearer ", 2000),
            ]
        ),
        (
            "X-Forwarded-For",
            ["odd", "127.0.0.1, ::1", "[::1]:99999", "999.999.999.999", Many("1.1.1.1, ", 2000), "\u00e4", "", "unknown", "<script>"]
        ),
        ("X-Forwarded-Proto", ["javascript", "https", "https, http", "\u00e4"]),
        ("X-Forwarded-Host", ["odd.example", "odd.example:99999", "a b", "\u00e4"]),
        ("X-Forwarded-Prefix", ["/odd", "odd"]),
        ("Forwarded", ["for=_x;proto=https", "for=\"[::1]\"", ";;"]),
        ("X-Original-URL", ["/api/keys"]),
        ("X-Rewrite-URL", ["/api/keys"]),
        ("X-HTTP-Method-Override", ["DELETE"]),
        ("X-Real-IP", ["127.0.0.1"]),
        ("Cookie", ["a=\u00c3\u00a4", Many("a=b; ", 3000), "=", ";;;", "a=\"", "\u00ff"]),
        ("Expect", ["100-continue", "odd", "200-ok"]),
        ("Upgrade", ["websocket", "h2c", "odd"]),
        ("Connection", ["Upgrade", "keep-alive, close", "odd", "Authorization", "close, Host"]),
        ("TE", ["trailers", "gzip", "trailers, deflate;q=0.5"]),
        ("Trailer", ["Authorization", "Content-Length"]),
        ("Keep-Alive", ["timeout=99999999"]),
        (
            "Host",
            [
                "odd.example",
                "127.0.0.1:99999",
                "a b",
                "",
                "xn--",
                "[::1]",
                "[::1",
                "127.0.0.1, 127.0.0.2",
                "\u00e4.example",
                Many("a", 5000),
                "a@b",
                "../x",
            ]
        ),
        ("User-Agent", ["", "\u00c3\u00a4", Many("a", 12_000), "() { :; }; x", "Googlebot/2.1", "%n%s%x"]),
        ("Referer", ["odd", Many("a", 12_000), "http://127.0.0.1/\u00e4"]),
        ("Origin", ["null", "odd", "https://odd.example", "http://127.0.0.1:99999", "\u00e4"]),
        (
            "traceparent",
            [
                "odd",
                "00-00000000000000000000000000000000-0000000000000000-00",
                "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
                Many("0", 5000),
            ]
        ),
        ("tracestate", [Many("a=b,", 2500), "\u00e4"]),
        ("baggage", [Many("a=b,", 2500), "a=%00", "\u00e4"]),
        (
            "Last-Event-ID",
            ["", "0", "-1", "9223372036854775807", "9223372036854775808", "earliest", "odd", "1e308", "\u00d9\u00a1", Many("1", 12_000)]
        ),
        ("Content-Language", ["odd", "\u00e4"]),
        ("Purpose", ["prefetch"]),
        ("Sec-WebSocket-Key", ["odd"]),
        ("Sec-WebSocket-Version", ["99"]),
        ("Sec-WebSocket-Extensions", ["permessage-deflate; odd=\u00e4"]),
        ("Priority", ["u=99"]),
        ("Cache-Control", ["no-cache", "max-age=\u00e4", "only-if-cached"]),
        ("Pragma", ["\u00e4"]),
        ("Via", [Many("1.1 a, ", 1500)]),
        ("Max-Forwards", ["0", "-1"]),
        ("From", ["\u00e4"]),
        ("X-Odd", [Many("a", 30_000), "\u00ff", ""]),
        ("Date", ["odd"]),
        ("Warning", ["\u00e4"]),
        ("Content-Disposition", ["attachment; filename=\u00e4"]),
        ("Content-MD5", ["odd"]),
        ("Content-Range", ["bytes 0-1/2"]),
        ("Proxy-Authorization", ["Basic YTpi"]),
        ("Access-Control-Request-Method", ["DELETE"]),
        ("topic", ["breaking"]),
    ];

    public static IReadOnlyList<Mutation> All { get; } = [.. Make()];

    static IEnumerable<Mutation> Make()
    {
        foreach (var (name, values) in fields)
        {
            foreach (var (index, value) in values.Index())
            {
                yield return new($"{name} {index + 1}: {(value.Length > 60 ? $"{value[..30]}… of {value.Length} bytes" : value)}", d =>
                    d.Set(name, value)
                );
            }
        }
        yield return new("Authorization: twice", d => d.Add("Authorization", "Bearer odd"));
        yield return new("Host: twice", d => d.Add("Host", "a.example").Add("Host", "b.example"));
        yield return new("Content-Type: twice", d => d.Add("Content-Type", "text/plain"));
        yield return new("two hundred fields", d => Enumerable.Range(0, 200).Aggregate(d, (d, i) => d.Add($"X-Odd-{i}", "1")));
        yield return new("fields of 60 kB", d => Enumerable.Range(0, 6).Aggregate(d, (d, i) => d.Add($"X-Odd-{i}", Many("a", 10_000))));
        yield return new("a field of odd name", d => d.Add("X(Odd)", "1"));
        yield return new("a field with a blank before the colon", d => d.Add("X-Odd ", "1"));
        yield return new("a field over two lines", d => d.Add("X-Odd", "1\r\n 2"));
        yield return new("a NUL in a field", d => d.Add("X-Odd", "a\0b"));
        yield return new("a bare line feed in a field", d => d.Add("X-Odd", "a\nX-Other: b"));
        yield return new("HTTP/2 is asked for", d =>
            d.Set("Connection", "Upgrade, HTTP2-Settings").Set("Upgrade", "h2c").Set("HTTP2-Settings", "AAMAAABkAARAAAAAAAIAAAAA")
        );
        yield return new("a WebSocket is asked for", d =>
            d.Set("Connection", "Upgrade")
                .Set("Upgrade", "websocket")
                .Set("Sec-WebSocket-Version", "13")
                .Set("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
        );
    }
}
