using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Notifications.Tests;

/// <summary>What strangers send cannot fill the logs.</summary>
public sealed class RefusalLogTests(Servers servers)
{
    static readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_that_are_refused_or_broken_off_leave_neither_a_stack_trace_nor_a_warning()
    {
        await using var issuer = await Issuer.StartAsync();
        await using var stack = await Stack.StartAsync(servers, new Dictionary<string, string>(issuer.Settings), "Notifications");
        var process = stack["Notifications"];
        var before = process.Output.Count;
        foreach (
            var (method, path, body, bearer) in new (string, string, string?, string?)[]
            {
                ("GET", "api/stream?ticket=nonsense", null, null),
                ("GET", "api/stream?ticket=eyJhbGciOiJub25lIn0.e30.", null, null),
                ("GET", "api/stream?topic=nonsense", null, null),
                ("GET", "api/stream/ws", null, null),
                ("GET", "api/subscriptions", null, "wrong"),
                ("GET", "api/subscriptions", null, "eyJhbGciOiJub25lIn0.e30.x"),
                ("GET", "api/subscriptions", null, issuer.Token(audience: "others")),
                ("GET", "api/subscriptions", null, issuer.Token(expires: DateTimeOffset.UtcNow.AddMinutes(-10))),
                ("POST", "api/stream/tickets", null, "wrong"),
                ("POST", "api/subscriptions", "{", null),
                ("POST", "api/subscriptions", $"\"{new string('x', 70_000)}\"", null),
                ("POST", "api/subscriptions", """{"kind": "webhook", "url": "https://0.0.0.0/"}""", Stack.AdminKey),
                ("POST", "hub", "x=%zz&hub.mode=subscribe", null),
                ("POST", "hub", "hub.mode=subscribe&hub.topic=%00&hub.callback=https://[::]/", null),
                ("GET", "api/bulletins?after=x", null, null),
                ("PATCH", "hub", "", null),
                ("GET", "api/nothing", null, null),
            }
        )
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), path)
            {
                Content = body is null
                    ? null
                    : new StringContent(body, Encoding.UTF8, path == "hub" ? "application/x-www-form-urlencoded" : "application/json"),
                Headers = { Authorization = bearer is null ? null : new AuthenticationHeaderValue("Bearer", bearer) },
            };
            using var answer = await stack.Reader.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);
            Assert.InRange((int)answer.StatusCode, 400, 499);
        }
        var port = stack.Reader.BaseAddress!.Port;
        foreach (
            var text in new[]
            {
                "nonsense\r\n\r\n",
                "GET / HTTP/1.1\r\nHost: a b\r\n\r\n",
                "POST /hub HTTP/1.1\r\nHost: x\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 100\r\n\r\nhub.mode=",
                "POST /api/subscriptions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{\"kind\":",
                "POST /hub HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "GET /api/stream HTTP/1.1\r\nHost: x\r\n\r\n",
                "GET /api/stream/ws HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                    + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n\xff\xff\xff\xff",
            }
        )
        {
            using var socket = new TcpClient();
            await socket.ConnectAsync(IPAddress.Loopback, port, ct);
            socket.LingerState = new(true, 0);
            await socket.GetStream().WriteAsync(Encoding.Latin1.GetBytes(text), ct);
            // Whatever is answered, or nothing: it is read until there is something, or the connection ends.
            if (!text.StartsWith("POST", StringComparison.Ordinal))
            {
                await Record.ExceptionAsync(async () =>
                    await socket.GetStream().ReadAtLeastAsync(new byte[100], 1, throwOnEndOfStream: false, ct)
                );
            }
        }
        for (var i = 0; i < 20; i++)
        {
            using var socket = new ClientWebSocket();
            await socket.ConnectAsync(new($"ws://127.0.0.1:{port}/api/stream/ws"), ct);
            await socket.SendAsync("""{"type":"subscribe","id":"a","after":"earliest"}"""u8.ToArray(), WebSocketMessageType.Text, true, ct);
            socket.Abort();
        }
        await Eventually.True(async () => await stack.MetricAsync("Notifications", "news_stream_subscribers{") == 0, "all have gone");
        string[] lines = [.. process.Output.Skip(before).Where(line => line.StartsWith('{'))];
        Assert.DoesNotContain(lines, line => JsonNode.Parse(line)!.AsObject().ContainsKey("Exception"));
        Assert.DoesNotContain(lines, line => (string)JsonNode.Parse(line)!["LogLevel"]! is "Warning" or "Error" or "Critical");
        Assert.DoesNotContain(process.Output.Skip(before), line => line.Contains("   at ", StringComparison.Ordinal));
    }
}
