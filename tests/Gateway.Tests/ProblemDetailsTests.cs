using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Gateway.Tests;

/// <summary>What is refused at the edge, in which words, and what is let through as it came.</summary>
public sealed class ProblemDetailsTests : IAsyncLifetime
{
    const int MaxBodyBytes = 64 << 10;

    Front front = null!;

    public async ValueTask InitializeAsync() =>
        front = await Front.StartAsync(new Dictionary<string, string> { ["Listen__MaxBodyBytes"] = $"{MaxBodyBytes}" });

    public ValueTask DisposeAsync() => front.DisposeAsync();

    [Theory]
    [InlineData("GET", "health/live", 404, "not-found")]
    [InlineData("POST", "metrics", 404, "not-found")]
    public async Task A_refusal_is_problem_details_whatever_the_request_accepts(string method, string path, int status, string code)
    {
        foreach (var accept in new[] { "application/xml", "text/html;q=0.1", "image/*", "*/*", "application/json;q=0", "nonsense" })
        {
            using var answer = await front.SendAsync(new(method), path, [("Accept", accept)]);
            Assert.Equal((status, "application/problem+json"), ((int)answer.StatusCode, answer.Content.Headers.ContentType!.ToString()));
            Assert.Equal($"urn:newsplatform:problem:{code}", (string?)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["type"]);
        }
    }

    [Theory]
    [InlineData("Cookie", "name=Şəki")]
    [InlineData("Referer", "https://news.example.org/az/xəbər")]
    [InlineData("User-Agent", "Новости/1.0")]
    public async Task What_a_field_says_is_passed_on_byte_by_byte(string name, string value)
    {
        foreach (var path in new[] { "api/news", "api/articles", "api/bulletins" })
        {
            foreach (var encoding in new[] { Encoding.UTF8, Encoding.GetEncoding("iso-8859-1") })
            {
                var bytes = encoding.GetBytes(value);
                var asked = await front.EchoAsync(path, (name, Encoding.Latin1.GetString(bytes)));
                Assert.Equal(bytes, Encoding.Latin1.GetBytes((string)asked["headers"]![name.ToLowerInvariant()]!));
            }
        }
    }

    [Fact]
    public async Task What_a_services_field_says_is_passed_on_byte_by_byte()
    {
        await using var own = await Front.StartAsync(null, context =>
        {
            context.Response.Headers["X-Said"] = Encoding.Latin1.GetString("Şəki"u8);
            return Task.CompletedTask;
        });
        Assert.Contains(
            $"X-Said: {Encoding.Latin1.GetString("Şəki"u8)}\r\n",
            await own.RawAsync("GET /en HTTP/1.1\r\nHost: news\r\nConnection: close\r\n\r\n"),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("Cookie", "a\u0001b")]
    [InlineData("User-Agent", "a\u001b[31mb")]
    [InlineData("Referer", "\u007f")]
    public async Task Control_characters_in_a_field_are_refused_by_its_name(string name, string value)
    {
        var answer = await front.RawAsync($"GET /api/news HTTP/1.1\r\nHost: news\r\nConnection: close\r\n{name}: {value}\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 400", answer, StringComparison.Ordinal);
        Assert.Contains("application/problem+json", answer, StringComparison.Ordinal);
        Assert.Contains($"\"{name}\":[\"has control characters\"]", answer, StringComparison.Ordinal);
    }

    /// <summary>Kestrel refuses these before any middleware is asked.</summary>
    [Theory]
    [InlineData("GET /%00 HTTP/1.1\r\nHost: news\r\n\r\n", 400, "unreadable")]
    [InlineData("GET /api/articles/%00 HTTP/1.1\r\nHost: news\r\nAccept: application/xml\r\n\r\n", 400, "unreadable")]
    [InlineData("GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400, "unreadable")]
    [InlineData("GET / HTTP/1.1\r\n\r\n", 400, "unreadable")]
    [InlineData("GET / HTTP/1.1\r\nHost: news\r\nCookie: a\0b\r\n\r\n", 400, "unreadable")]
    [InlineData("GET / HTTP/1.1\r\nHost: news\r\nBad Name: x\r\n\r\n", 400, "unreadable")]
    [InlineData("nonsense\r\n\r\n", 400, "unreadable")]
    [InlineData("GET / HTTP/9.9\r\nHost: news\r\n\r\n", 505, "version-unknown")]
    public async Task What_is_no_request_is_answered_with_problem_details_and_the_connection_ends(string request, int status, string code)
    {
        var answer = await front.RawAsync(request);
        AssertRefusedUnparsed(answer, status, code);
    }

    [Fact]
    public async Task A_method_that_an_asterisk_does_not_take_is_answered_with_those_it_takes()
    {
        var answer = await front.RawAsync("POST * HTTP/1.1\r\nHost: news\r\n\r\n");
        AssertRefusedUnparsed(answer, 405, "method-not-allowed");
        Assert.Contains("\r\nAllow: OPTIONS\r\n", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Too_much_before_the_body_is_answered_with_problem_details()
    {
        AssertRefusedUnparsed(
            await front.RawAsync($"GET / HTTP/1.1\r\nHost: news\r\nCookie: {new string('x', 40_000)}\r\n\r\n"),
            431,
            "too-long"
        );
        AssertRefusedUnparsed(await front.RawAsync($"GET /{new string('x', 300_000)} HTTP/1.1\r\nHost: news\r\n\r\n"), 414, "too-long");
    }

    [Fact]
    public async Task What_is_no_request_does_not_take_the_answer_before_it_away_and_HEAD_has_no_body()
    {
        var both = await front.RawAsync("GET /api/news HTTP/1.1\r\nHost: news\r\n\r\nGET /%00 HTTP/1.1\r\nHost: news\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", both, StringComparison.Ordinal);
        AssertRefusedUnparsed(both[both.IndexOf("HTTP/1.1 400 ", StringComparison.Ordinal)..], 400, "unreadable");
        Assert.EndsWith("\r\n\r\n", await front.RawAsync("HEAD / HTTP/1.1\r\n\r\n"), StringComparison.Ordinal);
    }

    static void AssertRefusedUnparsed(string answer, int status, string code)
    {
        Assert.StartsWith($"HTTP/1.1 {status} ", answer, StringComparison.Ordinal);
        var parts = answer.Split("\r\n\r\n");
        Assert.Equal(2, parts.Length);
        Assert.Contains("\r\nConnection: close\r\n", parts[0], StringComparison.Ordinal);
        Assert.Contains("\r\nContent-Type: application/problem+json\r\n", parts[0], StringComparison.Ordinal);
        Assert.Contains($"\r\nContent-Length: {parts[1].Length}\r\n", parts[0], StringComparison.Ordinal);
        var problem = JsonNode.Parse(parts[1])!;
        Assert.Equal((status, "urn:newsplatform:problem:" + code), ((int)problem["status"]!, (string?)problem["type"]));
        Assert.False(string.IsNullOrEmpty((string?)problem["detail"]));
        Assert.Equal(status == 400, problem["errors"]?["request"] is not null);
    }

    [Theory]
    [InlineData("api/articles", true)]
    [InlineData("api/articles", false)]
    [InlineData("api/subscriptions", true)]
    [InlineData("api/subscriptions", false)]
    public async Task A_body_that_is_too_long_is_refused_so_that_an_ordinary_client_reads_it(string path, bool saysHowLong)
    {
        // More than the buffers between the two hold.
        var body = new byte[24 << 20];
        foreach (var once in new[] { 1, 2, 3 })
        {
            using var content = saysHowLong ? new ByteArrayContent(body) : (HttpContent)new StreamContent(new Unsized(body));
            using var answer = await front.SendAsync(HttpMethod.Post, path, [("Accept", "application/xml")], content);
            Assert.Equal(
                (once, HttpStatusCode.RequestEntityTooLarge, "application/problem+json"),
                (once, answer.StatusCode, answer.Content.Headers.ContentType?.MediaType)
            );
            Assert.Equal("urn:newsplatform:problem:too-large", (string?)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["type"]);
        }
        using var fits = await front.SendAsync(HttpMethod.Post, path, [], new ByteArrayContent(new byte[MaxBodyBytes]));
        Assert.Equal(HttpStatusCode.OK, fits.StatusCode);
    }

    [Fact]
    public async Task What_a_service_refuses_while_it_is_sent_to_it_is_read_by_an_ordinary_client()
    {
        await using var own = await Front.StartAsync(null, async context =>
        {
            context.Response.StatusCode = 413;
            await context.Response.WriteAsync("Too long.");
        });
        foreach (var path in new[] { "api/articles", "api/subscriptions", "api/import" })
        {
            using var answer = await own.SendAsync(HttpMethod.Post, path, [], new ByteArrayContent(new byte[3 << 20]));
            Assert.Equal(
                (HttpStatusCode.RequestEntityTooLarge, "Too long."),
                (answer.StatusCode, await answer.Content.ReadAsStringAsync())
            );
        }
    }

    [Theory]
    [InlineData("Content-Type", "application/json; charset=foo", 415)]
    [InlineData("Content-Type", "application/json; charset=iso-8859-1", 415)]
    [InlineData("Content-Type", "application/feed+json; charset=utf-16", 415)]
    [InlineData("Content-Type", "application/x-ndjson; charset=windows-1251", 415)]
    [InlineData("Content-Type", "application/json; charset=\"UTF-8\"", 200)]
    [InlineData("Content-Type", "application/json; charset=Utf-8", 200)]
    [InlineData("Content-Type", "application/xml; charset=windows-1251", 200)]
    [InlineData("Content-Encoding", "gzip", 415)]
    [InlineData("Content-Encoding", "identity, BR", 415)]
    [InlineData("Content-Encoding", "Identity", 200)]
    public async Task A_body_that_says_that_it_cannot_be_read_is_refused_by_the_fields_name(string name, string value, int status)
    {
        using var content = new ByteArrayContent("{}"u8.ToArray());
        content.Headers.TryAddWithoutValidation(name, value);
        using var answer = await front.SendAsync(HttpMethod.Post, "api/articles", [], content);
        Assert.Equal(status, (int)answer.StatusCode);
        if (status == 415)
        {
            Assert.NotNull((await answer.Content.ReadFromJsonAsync<JsonNode>())!["errors"]![name]);
            Assert.Equal(
                name == "Content-Encoding" ? "identity" : null,
                answer.Headers.TryGetValues("Accept-Encoding", out var taken) ? taken.Single() : null
            );
        }
    }

    [Theory]
    [InlineData("docs")]
    [InlineData("openapi/publishing.json")]
    [InlineData("en")]
    public async Task What_is_read_by_GET_is_asked_for_by_HEAD(string path)
    {
        using var get = await front.SendAsync(HttpMethod.Get, path, []);
        using var head = await front.SendAsync(HttpMethod.Head, path, []);
        Assert.Equal(
            (HttpStatusCode.OK, get.StatusCode, get.Content.Headers.ContentType),
            (get.StatusCode, head.StatusCode, head.Content.Headers.ContentType)
        );
        var raw = await front.RawAsync($"HEAD /{path} HTTP/1.1\r\nHost: news\r\nConnection: close\r\n\r\n");
        Assert.EndsWith("\r\n\r\n", raw, StringComparison.Ordinal);
        Assert.Equal(raw.Length - 4, raw.IndexOf("\r\n\r\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_stranger_begins_no_trace_and_gives_none_its_baggage_and_who_has_a_good_key_does()
    {
        await using var own = await Front.StartAsync(null, async context =>
        {
            await Front.GuardAsync(context);
            if (context.Response.StatusCode == 200)
            {
                await Front.EchoAsync(context);
            }
        });
        var trace = Guid.NewGuid().ToString("N");
        (string, string)[] brought =
        [
            ("traceparent", $"00-{trace}-00f067aa0ba902b7-00"),
            ("tracestate", "a=b"),
            ("baggage", "who=me"),
            ("Correlation-Context", "who=me"),
            ("Request-Id", "|x."),
        ];
        async Task<Dictionary<string, string>> AskAsync(params (string, string)[] more) =>
            (await own.EchoAsync("api/news", [.. brought, .. more]))["headers"]!.AsObject().ToDictionary(h => h.Key, h => (string)h.Value!);

        var stranger = await AskAsync();
        Assert.DoesNotContain(trace, stranger["traceparent"], StringComparison.Ordinal);
        Assert.Matches("^00-[0-9a-f]{32}-[0-9a-f]{16}-01$", stranger["traceparent"]);
        Assert.DoesNotContain(stranger.Keys, key => key is "tracestate" or "baggage" or "correlation-context" or "request-id");
        Assert.DoesNotContain(trace, (await AskAsync(("Authorization", "Bearer invented")))["traceparent"], StringComparison.Ordinal);

        var editor = ("Authorization", $"Bearer {Front.GoodKey}");
        Assert.Equal(HttpStatusCode.OK, await own.StatusAsync(HttpMethod.Get, "api/articles", editor));
        var known = await AskAsync(editor);
        Assert.Contains(trace, known["traceparent"], StringComparison.Ordinal);
        Assert.DoesNotContain(known.Keys, key => key is "baggage" or "correlation-context" or "request-id");
    }

    [Fact]
    public async Task Who_breaks_off_leaves_no_stack_traces_in_the_log()
    {
        var arrived = new SemaphoreSlim(0);
        await using var own = await Front.StartAsync(null, async context =>
        {
            arrived.Release();
            await Task.Delay(Timeout.Infinite, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        });
        foreach (
            var request in new[]
            {
                "GET /en HTTP/1.1\r\nHost: news\r\n\r\n",
                "POST /api/articles HTTP/1.1\r\nHost: news\r\nContent-Length: 100\r\n\r\nhalf",
                "GET /api/stream HTTP/1.1\r\nHost: news\r\n\r\n",
            }
        )
        {
            using var client = new TcpClient();
            await client.ConnectAsync(IPAddress.Loopback, own.Gateway.Port);
            await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(request));
            await arrived.WaitAsync(TestContext.Current.CancellationToken);
            client.Client.LingerState = new(true, 0);
        }
        await Eventually.True(
            async () =>
                await own.MetricAsync("http_server_request_duration_seconds_count", "http_request_method") >= 3
                && await own.MetricAsync("http_server_active_requests") <= 1,
            "they have ended"
        );
        Assert.DoesNotContain(own.Gateway.Output, line =>
            line.Contains("   at ", StringComparison.Ordinal) || line.Contains("Exception", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task What_strangers_choose_is_no_label_of_a_metric()
    {
        var secret = Guid.NewGuid().ToString("N");
        await front.StatusAsync(
            new($"X{secret}"),
            $"{secret}?{secret}={secret}",
            ("User-Agent", secret),
            ("X-Forwarded-Proto", secret),
            ("X-Forwarded-Host", secret)
        );
        await front.RawAsync($"GET /{secret} HTTP/1.1\r\nHost: {secret}\r\nConnection: close\r\n\r\n");
        var metrics = await front.Client.GetStringAsync(new Uri(front.Gateway.Management, "metrics"));
        Assert.Contains("_OTHER", metrics, StringComparison.Ordinal);
        Assert.DoesNotContain(secret, metrics, StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Bytes of which nobody knows beforehand how many they are.</summary>
    sealed class Unsized(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
