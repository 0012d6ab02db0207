using System.Text.Json.Nodes;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Gateway.Tests;

/// <summary>Who asks, when proxies stand before the gateway, and when somebody only says so.</summary>
public sealed class ProxyTests
{
    const string Spoofed = "203.0.113.9";

    static readonly Dictionary<string, string> trusting = new()
    {
        ["Proxies__Trusted__0"] = "127.0.0.1",
        ["Proxies__Trusted__1"] = "10.0.0.0/8",
    };

    [Fact]
    public async Task Whoever_is_no_trusted_proxy_cannot_say_who_asks()
    {
        await using var front = await Front.StartAsync();
        var headers = Headers(
            await front.EchoAsync(
                "api/news",
                ("X-Forwarded-For", Spoofed),
                ("X-Forwarded-Proto", "https"),
                ("X-Forwarded-Host", "evil.example.org"),
                ("Forwarded", $"for={Spoofed};proto=https;host=evil.example.org"),
                ("X-Real-IP", Spoofed),
                ("X-Original-For", Spoofed),
                ("X-Forwarded-Prefix", "/evil"),
                ("X-Forwarded-Port", "1"),
                ("X-Original-URL", "/api/keys"),
                ("X-HTTP-Method-Override", "DELETE")
            )
        );
        Assert.Equal(("127.0.0.1", "http", $"127.0.0.1:{front.Gateway.Port}"), Said(headers));
        Assert.DoesNotContain(headers, header =>
            header.Key
                is "forwarded"
                    or "x-real-ip"
                    or "x-original-for"
                    or "x-forwarded-prefix"
                    or "x-forwarded-port"
                    or "x-original-url"
                    or "x-http-method-override"
                    or "x-original-proto"
                    or "x-original-host"
        );
    }

    [Theory]
    [InlineData("X-Forwarded-For: 198.51.100.7", "198.51.100.7", "http", null)]
    [InlineData(
        "X-Forwarded-For: 203.0.113.9, 198.51.100.7|X-Forwarded-Proto: https|X-Forwarded-Host: news.example.org",
        "198.51.100.7",
        "https",
        "news.example.org"
    )]
    [InlineData("X-Forwarded-For: 203.0.113.9, 198.51.100.7, 10.1.2.3", "198.51.100.7", "http", null)]
    [InlineData("X-Forwarded-For: 203.0.113.9|X-Forwarded-For: 198.51.100.7:4711", "198.51.100.7", "http", null)]
    [InlineData("X-Forwarded-For: 203.0.113.9, unknown, 10.1.2.3", "10.1.2.3", "http", null)]
    [InlineData("X-Forwarded-For: [2001:db8::7]:443", "2001:db8::7", "http", null)]
    [InlineData(
        "Forwarded: for=203.0.113.9, for=198.51.100.7;proto=https;host=news.example.org",
        "198.51.100.7",
        "https",
        "news.example.org"
    )]
    [InlineData("Forwarded: for=203.0.113.9, for=198.51.100.7, for=10.1.2.3;proto=https", "198.51.100.7", "https", null)]
    [InlineData("Forwarded: for=203.0.113.9|Forwarded: for=\"[2001:db8::7]:443\"", "2001:db8::7", "http", null)]
    [InlineData("Forwarded: for=203.0.113.9, for=_hidden;proto=https, for=10.1.2.3", "10.1.2.3", "https", null)]
    [InlineData("Forwarded: for=\"203.0.113.9|Forwarded: for=198.51.100.7", "198.51.100.7", "http", null)]
    [InlineData("Forwarded: for=\"203.0.113.9, for=198.51.100.7", "127.0.0.1", "http", null)]
    [InlineData("Forwarded: for=198.51.100.7;proto=gopher;host=\"a b/\"", "198.51.100.7", "http", null)]
    [InlineData("Forwarded: for=203.0.113.9;proto=https;host=evil.example.org|X-Forwarded-For: 198.51.100.7", "198.51.100.7", "http", null)]
    public async Task A_trusted_proxys_word_is_taken_as_far_as_trust_goes(string said, string client, string scheme, string? host)
    {
        await using var front = await Front.StartAsync(trusting);
        Assert.Equal(
            (client, scheme, host ?? $"127.0.0.1:{front.Gateway.Port}"),
            Said(Headers(await front.EchoAsync("api/news", Fields(said))))
        );
    }

    [Theory]
    [InlineData("1", "X-Forwarded-For: 203.0.113.9, 198.51.100.7", "198.51.100.7")]
    [InlineData("2", "X-Forwarded-For: 203.0.113.9, 198.51.100.7, 192.0.2.1", "198.51.100.7")]
    [InlineData("2", "Forwarded: for=203.0.113.9, for=198.51.100.7, for=192.0.2.1", "198.51.100.7")]
    [InlineData("0", "X-Forwarded-For: 198.51.100.7", "127.0.0.1")]
    public async Task So_many_proxies_are_believed_as_there_are(string hops, string said, string client)
    {
        await using var front = await Front.StartAsync(new Dictionary<string, string> { ["Proxies__Hops"] = hops });
        Assert.Equal(client, Said(Headers(await front.EchoAsync("api/news", Fields(said)))).Client);
    }

    [Theory]
    [InlineData("XForwarded", "198.51.100.7")]
    [InlineData("Forwarded", "192.0.2.1")]
    public async Task Only_the_field_that_the_proxy_writes_is_read_where_it_is_named(string header, string client)
    {
        await using var front = await Front.StartAsync(new Dictionary<string, string>(trusting) { ["Proxies__Header"] = header });
        Assert.Equal(
            client,
            Said(Headers(await front.EchoAsync("api/news", ("X-Forwarded-For", "198.51.100.7"), ("Forwarded", "for=192.0.2.1")))).Client
        );
    }

    [Theory]
    [InlineData("Proxies__Trusted__0", "10.0.0.0/33", "'10.0.0.0/33' is no address and no network")]
    [InlineData("Proxies__Trusted__0", "proxy.example.org", "'proxy.example.org' is no address and no network")]
    [InlineData("Proxies__Trusted__0", "10", "'10' is no address and no network")]
    [InlineData("Proxies__Hops", "21", "Hops")]
    [InlineData("Proxies__Header", "Both", "Both")]
    [InlineData("Limits__Search__RequestsPerMinute", "-1", "(set Limits__Search__RequestsPerMinute)")]
    [InlineData("Limits__WrongKeys__FirstWaitSeconds", "0", "(set Limits__WrongKeys__FirstWaitSeconds)")]
    [InlineData("Limits__ClientSlots", "1", "(set Limits__ClientSlots)")]
    public async Task A_setting_that_cannot_be_meant_stops_the_gateway_with_one_line(string setting, string value, string fault)
    {
        await using var gateway = new ServiceProcess("Gateway", new Dictionary<string, string> { [setting] = value });
        gateway.Start();
        Assert.Equal(78, await gateway.ExitAsync());
        Assert.Contains(fault, Assert.Single(gateway.Output), StringComparison.Ordinal);
    }

    static (string Name, string Value)[] Fields(string said) =>
        [.. said.Split('|').Select(field => field.Split(": ", 2)).Select(field => (field[0], field[1]))];

    static Dictionary<string, string> Headers(JsonNode asked) =>
        asked["headers"]!.AsObject().ToDictionary(h => h.Key, h => (string)h.Value!);

    static (string Client, string Scheme, string Host) Said(Dictionary<string, string> headers) =>
        (headers["x-forwarded-for"], headers["x-forwarded-proto"], headers["x-forwarded-host"]);
}
