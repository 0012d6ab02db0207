using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using NewsPlatform.Contracts;
using NewsPlatform.ServiceDefaults;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Notifications.Tests;

/// <summary>Streams for those with a key only, for few of them, and for pages of one partner.</summary>
public sealed class ClosedService(Servers servers) : IAsyncLifetime
{
    public const string Partner = "https://partner.example.org";

    public Stack Stack { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Stack = await Stack.StartAsync(
            servers,
            new Dictionary<string, string>
            {
                ["Stream__Public"] = "false",
                ["Stream__AllowedOrigins__0"] = Partner,
                ["Stream__MaxPerClient"] = "8",
                ["Stream__TicketSeconds"] = "20",
                ["Portal__PublicUrl"] = "https://news.example.org",
            },
            "Notifications"
        );

    public async ValueTask DisposeAsync() => await (Stack?.DisposeAsync() ?? ValueTask.CompletedTask);
}

public sealed class ConnectionAdmissionTests(ClosedService service) : IClassFixture<ClosedService>
{
    Stack Stack => service.Stack;

    static KeyChanged Key(string secret, string role = Roles.Subscriber) =>
        new()
        {
            KeyId = Guid.CreateVersion7(),
            Version = 1,
            Name = secret.Replace(' ', '-'),
            Role = role,
            Secrets = [new(KeyRing.Hash(secret))],
            MadeAt = DateTimeOffset.UtcNow,
            ChangedAt = DateTimeOffset.UtcNow,
        };

    static HttpRequestMessage Request(string query = "", string? key = null, string? origin = null, HttpMethod? method = null)
    {
        var request = new HttpRequestMessage(method ?? HttpMethod.Get, $"api/stream{query}");
        if (key is not null)
        {
            request.Headers.Authorization = new("Bearer", key);
        }
        if (origin is not null)
        {
            request.Headers.Add("Origin", origin);
        }
        return request;
    }

    Task<HttpResponseMessage> AskAsync(HttpRequestMessage request) =>
        Stack.Reader.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);

    async Task<HttpStatusCode> StatusAsync(HttpRequestMessage request)
    {
        using var answer = await AskAsync(request);
        return answer.StatusCode;
    }

    async Task<KeyChanged> KnownKeyAsync(string secret, string role = Roles.Subscriber)
    {
        var key = Key(secret, role);
        await Stack.SendAsync(key);
        await Eventually.Get(
            () => StatusAsync(Request("/tickets", secret, method: HttpMethod.Post)),
            status => status != HttpStatusCode.Unauthorized,
            "the key is known"
        );
        return key;
    }

    async Task<JsonNode> TicketAsync(string secret)
    {
        using var answer = await Stack.Reader.SendAsync(Request("/tickets", secret, method: HttpMethod.Post));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
    }

    [Fact]
    public async Task A_closed_stream_takes_a_key_that_may_listen()
    {
        await KnownKeyAsync("listener");
        await KnownKeyAsync("reporter", Roles.Reporter);
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(Request(key: "listener")));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(Request(key: "reporter")));
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(Request(key: "nobody's")));
        // What is told can be read afterwards by those who may listen, and by nobody else.
        foreach (
            var (key, status) in new[]
            {
                (null, HttpStatusCode.Unauthorized),
                ("nobody's", HttpStatusCode.Unauthorized),
                ("listener", HttpStatusCode.OK),
            }
        )
        {
            using var read = new HttpRequestMessage(HttpMethod.Get, "api/bulletins?after=earliest")
            {
                Headers = { Authorization = key is null ? null : new("Bearer", key) },
            };
            Assert.Equal(status, await StatusAsync(read));
        }
        using var anybody = await AskAsync(Request());
        Assert.Equal(
            (HttpStatusCode.Unauthorized, "Bearer", "application/problem+json"),
            (anybody.StatusCode, anybody.Headers.WwwAuthenticate.Single().Scheme, anybody.Content.Headers.ContentType!.MediaType)
        );
    }

    [Fact]
    public async Task A_ticket_opens_a_stream_for_a_short_time_at_every_replica_and_nothing_else()
    {
        await KnownKeyAsync("ticket asker");
        await using var replica = await Stack.StartReplicaAsync("Notifications");
        var ticket = await TicketAsync("ticket asker");
        using var there = new HttpClient { BaseAddress = replica.Address };
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(Request($"?ticket={ticket["ticket"]}")));
        using var elsewhere = await there.GetAsync(
            new Uri($"api/stream?ticket={ticket["ticket"]}", UriKind.Relative),
            HttpCompletionOption.ResponseHeadersRead
        );
        Assert.Equal(HttpStatusCode.OK, elsewhere.StatusCode);
        using var asKey = await AskAsync(Request("/tickets", (string)ticket["ticket"]!, method: HttpMethod.Post));
        Assert.Equal(HttpStatusCode.Unauthorized, asKey.StatusCode);
        await Eventually.Get(
            () => StatusAsync(Request($"?ticket={ticket["ticket"]}")),
            status => status == HttpStatusCode.Unauthorized,
            "the ticket is good no more"
        );
        Assert.True(DateTimeOffset.UtcNow >= (DateTimeOffset)ticket["expiresAt"]!);
    }

    [Fact]
    public async Task The_first_key_is_given_a_ticket_too_and_it_opens_a_stream()
    {
        var ticket = await TicketAsync(Stack.AdminKey);
        await using var byTicket = await Subscriber.JoinAsync(Stack.Reader, $"?ticket={ticket["ticket"]}");
        await Stack.SendAsync(Broker.Article("Heard by the first key"));
        await byTicket.UntilAsync(r => r.Any(one => one.Headline == "Heard by the first key"), "the bulletin");
        Assert.False(byTicket.Ended);
    }

    [Fact]
    public async Task A_ticket_of_a_key_that_was_revoked_opens_nothing_also_when_another_key_has_its_name()
    {
        var key = await KnownKeyAsync("of the old one");
        var ticket = (string)(await TicketAsync("of the old one"))["ticket"]!;
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(Request($"?ticket={ticket}")));
        await Stack.SendAsync(key with { Version = 2, Revoked = true }, Key("of the new one") with { Name = key.Name });
        await Eventually.Get(
            () => StatusAsync(Request(key: "of the new one")),
            status => status == HttpStatusCode.OK,
            "the new key is known"
        );
        Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(Request($"?ticket={ticket}")));
    }

    [Fact]
    public async Task A_forged_ticket_opens_nothing()
    {
        await KnownKeyAsync("forged");
        var ticket = (string)(await TicketAsync("forged"))["ticket"]!;
        var parts = ticket.Split('.');
        foreach (
            var forged in new[]
            {
                $"{parts[0]}.{parts[1]}.{parts[2][..^2]}AA",
                $"eyJhbGciOiJub25lIn0.{parts[1]}.",
                "nonsense",
                ticket[..^10],
            }
        )
        {
            Assert.Equal(HttpStatusCode.Unauthorized, await StatusAsync(Request($"?ticket={forged}")));
        }
    }

    [Fact]
    public async Task A_stream_ends_when_the_key_that_opened_it_is_revoked_also_if_a_ticket_stood_between()
    {
        var key = await KnownKeyAsync("to be revoked");
        await using var byKey = await Subscriber.JoinAsync(Stack.Bearer("to be revoked"));
        await using var byTicket = await Subscriber.JoinAsync(Stack.Reader, $"?ticket={(await TicketAsync("to be revoked"))["ticket"]}");
        await KnownKeyAsync("stays");
        await using var other = await Subscriber.JoinAsync(Stack.Bearer("stays"));
        await Stack.SendAsync(key with { Version = 2, Revoked = true });
        await byKey.UntilAsync(_ => byKey.Ended && byTicket.Ended, "both ends");
        Assert.False(other.Ended);
    }

    [Fact]
    public async Task A_socket_is_closed_with_the_reason_when_the_key_behind_its_ticket_is_revoked()
    {
        Assert.SkipWhen(Node.Missing is not null, Node.Missing ?? "");
        var key = await KnownKeyAsync("of a socket");
        await using var socket = Script.Start(
            "websocket.js",
            $"ws://127.0.0.1:{Stack.Reader.BaseAddress!.Port}/api/stream/ws?ticket={(await TicketAsync("of a socket"))["ticket"]}"
        );
        await socket.FirstAsync(s => (string?)s["type"] == "open", "the connection");
        await Stack.SendAsync(key with { Version = 2, Revoked = true });
        var close = await socket.FirstAsync(s => (string?)s["type"] == "close", "its end");
        Assert.Equal(3000, (int)close["code"]!);
        Assert.Contains("revoked", (string)close["reason"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_persons_token_opens_a_stream_until_it_expires_also_if_a_ticket_stood_between()
    {
        await using var issuer = await Issuer.StartAsync();
        await using var own = await Stack.StartAsync(
            Stack.Servers,
            new Dictionary<string, string>(issuer.Settings) { ["Stream__Public"] = "false", ["Security__Jwt__ClockSkewSeconds"] = "0" },
            "Notifications"
        );
        var (listens, expires) = (issuer.Token(roles: "reporter"), issuer.Token(expires: DateTimeOffset.UtcNow.AddSeconds(20)));
        await using var lasting = await Subscriber.JoinAsync(own.Bearer(listens));
        await using var byToken = await Subscriber.JoinAsync(own.Bearer(expires));
        using var ticket = await own.Bearer(expires).PostAsync(new Uri("api/stream/tickets", UriKind.Relative), null);
        await using var byTicket = await Subscriber.JoinAsync(
            own.Reader,
            $"?ticket={(await ticket.Content.ReadFromJsonAsync<JsonNode>())!["ticket"]}"
        );
        foreach (
            var (token, status) in new[]
            {
                (issuer.Token(roles: "none of these"), HttpStatusCode.Forbidden),
                (issuer.Token(audience: "payroll"), HttpStatusCode.Unauthorized),
            }
        )
        {
            using var refused = await own.Bearer(token)
                .GetAsync(new Uri("api/stream", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead);
            Assert.Equal((status, "application/problem+json"), (refused.StatusCode, refused.Content.Headers.ContentType!.MediaType));
        }
        await own.SendAsync(Broker.Article("Heard"));
        foreach (var listener in new[] { lasting, byToken, byTicket })
        {
            Assert.Equal("Heard", (await listener.UntilAsync(r => r.Count == 1, "the bulletin"))[0].Headline);
        }
        await byToken.UntilAsync(_ => byToken.Ended && byTicket.Ended, "both end with the token");
        Assert.False(lasting.Ended);
    }

    [Fact]
    public async Task One_client_has_as_many_connections_as_the_limit_says_and_leaves_the_others_theirs()
    {
        await KnownKeyAsync("greedy");
        await KnownKeyAsync("modest");
        var joined = new List<Subscriber>();
        for (var i = 0; i < 8; i++)
        {
            joined.Add(await Subscriber.JoinAsync(Stack.Bearer("greedy")));
        }
        using var refused = await AskAsync(Request(key: "greedy"));
        Assert.Equal(
            (HttpStatusCode.TooManyRequests, "urn:newsplatform:problem:too-many-requests"),
            (refused.StatusCode, (string)(await refused.Content.ReadFromJsonAsync<JsonNode>())!["type"]!)
        );
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(10));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(Request(key: "modest")));
        await joined[0].DisposeAsync();
        await Eventually.Get(() => StatusAsync(Request(key: "greedy")), status => status == HttpStatusCode.OK, "a place is free again");
        await Task.WhenAll(joined.Skip(1).Select(one => one.DisposeAsync().AsTask()));
    }

    [Fact]
    public async Task Foreign_pages_may_not_listen_and_those_of_a_partner_and_the_portal_may()
    {
        await KnownKeyAsync("of a page");
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(Request(key: "of a page", origin: "https://elsewhere.example.org")));
        Assert.Equal(HttpStatusCode.Forbidden, await StatusAsync(Request(key: "of a page", origin: "null")));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(Request(key: "of a page", origin: ClosedService.Partner)));
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(Request(key: "of a page", origin: "https://news.example.org")));
        Assert.Equal(
            HttpStatusCode.OK,
            await StatusAsync(Request(key: "of a page", origin: Stack.Reader.BaseAddress!.GetLeftPart(UriPartial.Authority)))
        );

        // As a gateway passes it on that browsers know by another name.
        var behind = Request(key: "of a page", origin: "https://gate.example.org");
        behind.Headers.Add("X-Forwarded-Host", "gate.example.org");
        behind.Headers.Add("X-Forwarded-Proto", "https");
        Assert.Equal(HttpStatusCode.OK, await StatusAsync(behind));
    }

    [Fact]
    public async Task Clients_are_told_apart_by_the_address_that_the_gateway_saw_and_cannot_choose_it()
    {
        await using var own = await Stack.StartAsync(
            Stack.Servers,
            new Dictionary<string, string> { ["Stream__MaxPerClient"] = "1", ["Stream__MaxSubscribers"] = "3" },
            "Notifications"
        );
        var open = new List<HttpResponseMessage>();
        async Task<HttpStatusCode> FromAsync(string forwarded)
        {
            var request = Request();
            request.Headers.Add("X-Forwarded-For", forwarded);
            open.Add(await own.Reader.SendAsync(request, HttpCompletionOption.ResponseHeadersRead));
            return open[^1].StatusCode;
        }
        Assert.Equal(HttpStatusCode.OK, await FromAsync("203.0.113.1"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await FromAsync("198.51.100.7, 203.0.113.1"));
        Assert.Equal(HttpStatusCode.OK, await FromAsync("2001:db8::1"));
        Assert.Equal(HttpStatusCode.TooManyRequests, await FromAsync("2001:db8::2"));
        Assert.Equal(HttpStatusCode.OK, await FromAsync("2001:db8:0:1::1"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await FromAsync("203.0.113.2"));
        Assert.NotNull(open[^1].Headers.RetryAfter);
        open.ForEach(answer => answer.Dispose());
    }

    [Theory]
    [InlineData("Stream__AllowedOrigins__0", "partner.example.org", "'partner.example.org' is no origin")]
    [InlineData("Stream__AllowedOrigins__0", "https://partner.example.org/", "is no origin")]
    [InlineData("Stream__MaxPerClient", "0", "MaxPerClient")]
    public async Task A_limit_that_makes_no_sense_stops_the_service_at_its_start(string setting, string value, string why)
    {
        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() =>
            Stack.StartAsync(Stack.Servers, new Dictionary<string, string> { [setting] = value }, "Notifications")
        );
        Assert.Contains("ended with 78", fault.Message, StringComparison.Ordinal);
        Assert.Contains(why, fault.Message, StringComparison.Ordinal);
    }
}
