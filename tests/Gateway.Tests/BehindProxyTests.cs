using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Xunit;

namespace NewsPlatform.Gateway.Tests;

/// <summary>The gateway behind proxies that others wrote, as SECURITY.md has them.</summary>
public sealed class BehindProxyTests
{
    static readonly Dictionary<string, string> trusting = new() { ["Proxies__Trusted__0"] = "127.0.0.1" };

    [Theory]
    [InlineData("nginx", "1.1")]
    [InlineData("nginx", "2.0")]
    [InlineData("haproxy", "1.1")]
    [InlineData("haproxy", "2.0")]
    public async Task Readers_are_told_apart_and_none_can_pretend_to_be_another(string program, string version)
    {
        Assert.SkipWhen(StandardProxy.Missing(program) is not null, StandardProxy.Missing(program) ?? "");
        await using var front = await Front.StartAsync(
            new Dictionary<string, string>(trusting)
            {
                ["Limits__AnonymousWrite__RequestsPerMinute"] = "1",
                ["Limits__AnonymousWrite__BurstRequests"] = "2",
            }
        );
        await using var proxy = await StandardProxy.StartAsync(program, front.Gateway.Port);
        async Task<(HttpStatusCode Status, JsonNode? Asked)> AskAsync(string from, HttpMethod method, string path)
        {
            using var client = new HttpMessageInvoker(proxy.From(from));
            using var request = new HttpRequestMessage(method, $"https://news.example.org:{proxy.Port}/{path}")
            {
                Version = Version.Parse(version),
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            };
            foreach (
                var (name, value) in new[]
                {
                    ("X-Forwarded-For", "203.0.113.9"),
                    ("X-Forwarded-Proto", "http"),
                    ("X-Forwarded-Host", "evil.example.org"),
                    ("Forwarded", "for=203.0.113.9;host=evil.example.org"),
                    ("X-Real-IP", "203.0.113.9"),
                }
            )
            {
                request.Headers.Add(name, value);
            }
            using var answer = await client.SendAsync(request, TestContext.Current.CancellationToken);
            return (answer.StatusCode, answer.IsSuccessStatusCode ? await answer.Content.ReadFromJsonAsync<JsonNode>() : null);
        }

        foreach (var reader in new[] { "127.0.0.2", "127.0.0.3" })
        {
            var headers = (await AskAsync(reader, HttpMethod.Get, "api/news")).Asked!["headers"]!;
            Assert.Equal(
                (reader, "https", $"news.example.org:{proxy.Port}"),
                ((string)headers["x-forwarded-for"]!, (string)headers["x-forwarded-proto"]!, (string)headers["x-forwarded-host"]!)
            );
            Assert.Equal((null, null), (headers["forwarded"], headers["x-real-ip"]));
            Assert.Equal(
                [HttpStatusCode.OK, HttpStatusCode.OK, HttpStatusCode.TooManyRequests],
                [
                    (await AskAsync(reader, HttpMethod.Delete, "api/subscriptions/1")).Status,
                    (await AskAsync(reader, HttpMethod.Delete, "api/subscriptions/1")).Status,
                    (await AskAsync(reader, HttpMethod.Delete, "api/subscriptions/1")).Status,
                ]
            );
        }
    }

    [Theory]
    [InlineData("nginx")]
    [InlineData("haproxy")]
    public async Task An_event_comes_through_at_once_and_a_WebSocket_stays_open(string program)
    {
        Assert.SkipWhen(StandardProxy.Missing(program) is not null, StandardProxy.Missing(program) ?? "");
        var more = new TaskCompletionSource();
        await using var front = await Front.StartAsync(trusting, async context =>
        {
            if (context.Features.Get<IHttpUpgradeFeature>() is { IsUpgradableRequest: true } upgrade)
            {
                await EchoSocketAsync(context, upgrade);
                return;
            }
            context.Response.ContentType = "text/event-stream";
            await context.Response.WriteAsync("data: first\n\n");
            await context.Response.Body.FlushAsync();
            await more.Task;
            await context.Response.WriteAsync("data: second\n\n");
        });
        await using var proxy = await StandardProxy.StartAsync(program, front.Gateway.Port);

        using var client = new HttpClient(proxy.From("127.0.0.2"));
        using var answer = await client.GetAsync(
            new Uri($"https://news.example.org:{proxy.Port}/api/stream"),
            HttpCompletionOption.ResponseHeadersRead
        );
        using var stream = new StreamReader(await answer.Content.ReadAsStreamAsync());
        Assert.Equal("data: first", await stream.ReadLineAsync(TestContext.Current.CancellationToken));
        more.SetResult();
        Assert.Equal("\ndata: second\n\n", await stream.ReadToEndAsync(TestContext.Current.CancellationToken));

        using var socket = new ClientWebSocket();
        using var invoker = new HttpMessageInvoker(proxy.From("127.0.0.2"));
        await socket.ConnectAsync(
            new($"wss://news.example.org:{proxy.Port}/api/stream/ws"),
            invoker,
            TestContext.Current.CancellationToken
        );
        foreach (var word in new[] { "one", "two" })
        {
            await socket.SendAsync(Encoding.UTF8.GetBytes(word), WebSocketMessageType.Text, true, TestContext.Current.CancellationToken);
            var buffer = new byte[16];
            var got = await socket.ReceiveAsync(buffer, TestContext.Current.CancellationToken);
            Assert.Equal(word, Encoding.UTF8.GetString(buffer, 0, got.Count));
        }
    }

    /// <summary>RFC 6455, section 4.2.2, and then the same words again.</summary>
    static async Task EchoSocketAsync(HttpContext context, IHttpUpgradeFeature upgrade)
    {
#pragma warning disable CA5350 // The protocol's own.
        var accept = SHA1.HashData(
            Encoding.ASCII.GetBytes(context.Request.Headers.SecWebSocketKey + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")
        );
#pragma warning restore CA5350
        context.Response.Headers.SecWebSocketAccept = Convert.ToBase64String(accept);
        context.Response.Headers.Upgrade = "websocket";
        await using var stream = await upgrade.UpgradeAsync();
        using var socket = WebSocket.CreateFromStream(stream, new WebSocketCreationOptions { IsServer = true });
        var buffer = new byte[16];
        try
        {
            while (await socket.ReceiveAsync(buffer, context.RequestAborted) is { MessageType: WebSocketMessageType.Text } got)
            {
                await socket.SendAsync(buffer.AsMemory(0, got.Count), WebSocketMessageType.Text, true, context.RequestAborted);
            }
        }
        catch (WebSocketException)
        {
            // Its client has gone.
        }
    }
}
