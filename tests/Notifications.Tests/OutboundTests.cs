using System.Net;
using System.Net.Sockets;
using System.Text;
using CsCheck;
using NewsPlatform.Notifications.Outbound;
using NewsPlatform.ServiceDefaults;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Notifications.Tests;

public sealed class OutboundTests
{
    static readonly CancellationToken ct = TestContext.Current.CancellationToken;

    /// <param name="resolve">Instead of the machine's own names.</param>
    static OutboundHttp Http(string allow = "", Func<string, IPAddress[]>? resolve = null, Action<OutboundOptions>? configure = null)
    {
        var options = new OutboundOptions
        {
            Allow = allow,
            ConnectSeconds = 5,
            RequestSeconds = 5,
        };
        configure?.Invoke(options);
        return resolve is null
            ? new(options, new NewsPlatform.ServiceDefaults.ListenOptions())
            : new(options, (host, _) => Task.FromResult(IPAddress.TryParse(host, out var literal) ? [literal] : resolve(host)));
    }

    static Task<OutboundAnswer> GetAsync(OutboundHttp http, string address) =>
        http.SendAsync(new HttpRequestMessage(HttpMethod.Get, address), ct);

    [Theory]
    [InlineData("0.0.0.0")]
    [InlineData("10.1.2.3")]
    [InlineData("100.64.0.1")]
    [InlineData("127.0.0.1")]
    [InlineData("169.254.169.254")]
    [InlineData("172.16.0.1")]
    [InlineData("172.31.255.255")]
    [InlineData("192.0.2.1")]
    [InlineData("192.168.1.1")]
    [InlineData("198.18.0.1")]
    [InlineData("224.0.0.1")]
    [InlineData("255.255.255.255")]
    [InlineData("::")]
    [InlineData("::1")]
    [InlineData("::127.0.0.1")]
    [InlineData("::ffff:127.0.0.1")]
    [InlineData("::ffff:192.168.0.1")]
    [InlineData("64:ff9b::10.0.0.1")]
    [InlineData("64:ff9b:1::1")]
    [InlineData("2001::1")]
    [InlineData("2001:db8::1")]
    [InlineData("2002:7f00:1::1")]
    [InlineData("fc00::1")]
    [InlineData("fd12:3456::1")]
    [InlineData("fe80::1")]
    [InlineData("fec0::1")]
    [InlineData("ff02::1")]
    public void An_address_that_is_not_of_the_open_Internet_is_known_as_such(string address) =>
        Assert.False(PublicAddresses.Contains(IPAddress.Parse(address)));

    [Theory]
    [InlineData("8.8.8.8")]
    [InlineData("172.32.0.1")]
    [InlineData("100.128.0.1")]
    [InlineData("::ffff:8.8.8.8")]
    [InlineData("64:ff9b::8.8.8.8")]
    [InlineData("2606:4700:4700::1111")]
    [InlineData("2a00:1450:4001::1")]
    public void An_address_of_the_open_Internet_is_known_as_such(string address) =>
        Assert.True(PublicAddresses.Contains(IPAddress.Parse(address)));

    [Theory]
    [InlineData("https://localhost/")]
    [InlineData("https://LOCALHOST./")]
    [InlineData("https://[::1]/")]
    [InlineData("https://[::ffff:127.0.0.1]/")]
    [InlineData("https://[::ffff:7f00:1]/")]
    [InlineData("https://2130706433/")]
    [InlineData("https://0x7f.1/")]
    [InlineData("https://0177.0.0.1/")]
    [InlineData("https://127.1/")]
    [InlineData("https://\uFF11\uFF12\uFF17.0.0.1/")]
    public async Task However_a_private_address_is_written_it_is_refused_when_it_is_given_and_when_it_is_called(string address)
    {
        using var http = Http();
        var problem = await Assert.ThrowsAsync<ProblemException>(() => http.CheckAsync("url", address, ct));
        Assert.Equal((422, true), (problem.Status, ((IDictionary<string, string[]>)problem.Members["errors"]!).ContainsKey("url")));
        if (Uri.TryCreate(address, UriKind.Absolute, out _))
        {
            var fault = await Record.ExceptionAsync(() => GetAsync(http, address));
            Assert.True(
                fault
                    is OutboundRefused
                        or HttpRequestException { InnerException: SocketException { SocketErrorCode: SocketError.HostNotFound } },
                fault?.ToString()
            );
        }
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("/relative")]
    [InlineData("ftp://example.org/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://user@example.org/")]
    [InlineData("https://example.org/#part")]
    [InlineData("http://example.org/")]
    [InlineData("https://nowhere.invalid/")]
    public async Task What_is_no_https_address_of_a_host_is_refused(string address)
    {
        using var http = Http(resolve: host =>
            host == "example.org" ? [IPAddress.Parse("93.184.215.14")] : throw new SocketException((int)SocketError.HostNotFound)
        );
        Assert.Equal(422, (await Assert.ThrowsAsync<ProblemException>(() => http.CheckAsync("url", address, ct))).Status);
    }

    [Theory]
    [InlineData("https://0.0.0.0/")]
    [InlineData("https://[::]/")]
    [InlineData("https://[::ffff:0.0.0.0]/")]
    [InlineData("https://[64:ff9b::7f00:1]/")]
    [InlineData("https://[64:ff9b::0.0.0.0]/")]
    [InlineData("https://[2002:7f00:1::]/")]
    [InlineData("https://[2001:0:7f00:1::]/")]
    [InlineData("https://[fe80::1%25eth0]/")]
    [InlineData("https://0/")]
    [InlineData("https://192.0.2.1/")]
    [InlineData("https://198.51.100.1/")]
    [InlineData("https://203.0.113.1/")]
    [InlineData("https://[3fff::1]/")]
    [InlineData("http://2130706433/")]
    [InlineData("https://%31%32%37.0.0.1/")]
    [InlineData("https://example.org:0/")]
    [InlineData("https://example..org/")]
    [InlineData("https://.example.org/")]
    [InlineData("https://exam%70le.org%00.elsewhere/")]
    [InlineData("https://example.org/\0")]
    [InlineData("https://example.org/\ud800")]
    [InlineData("https://xn--a/")]
    [InlineData("https://xn--\u0661/")]
    [InlineData("https://@/")]
    [InlineData("https:///")]
    [InlineData("")]
    public async Task What_leads_nowhere_that_may_be_reached_is_refused_by_name_and_by_nothing_else(string address)
    {
        using var http = new OutboundHttp(new() { ConnectSeconds = 1 }, System.Net.Dns.GetHostAddressesAsync);
        var problem = await Assert.ThrowsAsync<ProblemException>(() => http.CheckAsync("url", address, ct));
        Assert.Equal((422, true), (problem.Status, ((IDictionary<string, string[]>)problem.Members["errors"]!).ContainsKey("url")));
    }

    [Fact]
    public async Task A_name_that_is_too_long_is_refused_and_called_by_nobody()
    {
        using var http = new OutboundHttp(new() { ConnectSeconds = 1 }, System.Net.Dns.GetHostAddressesAsync);
        foreach (
            var host in new[]
            {
                $"{string.Join('.', Enumerable.Repeat(new string('a', 60), 5))}.org",
                $"{new string('b', 64)}.org",
                new string('c', 300),
            }
        )
        {
            Assert.Equal(422, (await Assert.ThrowsAsync<ProblemException>(() => http.CheckAsync("url", $"https://{host}/", ct))).Status);
        }
        // Stored by an earlier release, or a name that has come to lead there since.
        foreach (var address in new[] { "https://0.0.0.0/", "https://[::]/", "https://[64:ff9b::7f00:1]/" })
        {
            await Assert.ThrowsAsync<OutboundRefused>(() => GetAsync(http, address));
        }
    }

    [Fact]
    public async Task All_of_a_machine_s_own_addresses_together_are_nobody_s_also_where_every_network_is_allowed()
    {
        using var http = Http("0.0.0.0/0,::/0", resolve: _ => [IPAddress.Any]);
        foreach (var address in new[] { "http://0.0.0.0/", "http://[::]/", "http://everywhere.example/" })
        {
            Assert.Equal(422, (await Assert.ThrowsAsync<ProblemException>(() => http.CheckAsync("url", address, ct))).Status);
        }
    }

    [Fact]
    public void Whatever_is_given_for_an_address_is_taken_or_refused_and_nothing_else_happens()
    {
        using var http = Http(resolve: host =>
            host.Length % 3 == 0 ? throw new ArgumentException("no name")
            : host.Length % 3 == 1 ? [IPAddress.Parse("93.184.215.14")]
            : throw new SocketException()
        );
        var part = Gen.OneOf(
            Gen.String,
            Gen.OneOf(
                "https://",
                "http://",
                "[",
                "]",
                "::",
                "0.0.0.0",
                "127.1",
                "%00",
                "%31",
                "xn--",
                "@",
                ":",
                "0",
                "65536",
                "/",
                "..",
                "\\",
                "?",
                "#",
                "\u3002",
                "\ud83d\ude00",
                "::ffff:",
                "64:ff9b::",
                "2002:",
                "example",
                ".org",
                new string('a', 64),
                "\u00df",
                "%25eth0",
                "\0",
                " ",
                "\t"
            )
        );
        part.Array[0, 8]
            .Select(parts => "https://" + string.Concat(parts))
            .Sample(
                address =>
                {
                    try
                    {
                        var taken = http.CheckAsync("url", address, ct).GetAwaiter().GetResult();
                        Assert.NotEqual("", taken.AbsoluteUri);
                    }
                    catch (ProblemException problem)
                    {
                        Assert.Equal(422, problem.Status);
                    }
                },
                iter: 20_000
            );
    }

    [Fact]
    public async Task Names_that_are_not_answered_leave_the_others_room()
    {
        var silent = new TaskCompletionSource<IPAddress[]>();
        using var http = new OutboundHttp(new() { ConnectSeconds = 1, MaxLookups = 8 }, (host, _) =>
            host.EndsWith("silent.example", StringComparison.Ordinal)
                ? silent.Task
                : Task.FromResult<IPAddress[]>([IPAddress.Parse("93.184.215.14")])
        );
        var asked = Enumerable.Range(0, 20).Select(i => http.CheckAsync("url", $"https://{i}.silent.example/", ct)).ToArray();
        Assert.Equal("heard.example", (await http.CheckAsync("url", "https://heard.example/", ct)).Host);
        foreach (var one in asked)
        {
            Assert.Equal(422, (await Assert.ThrowsAsync<ProblemException>(() => one)).Status);
        }
        silent.SetResult([IPAddress.Parse("93.184.215.14")]);
        await Eventually.True(
            async () => (await Record.ExceptionAsync(() => http.CheckAsync("url", "https://once.silent.example/", ct))) is null,
            "what is answered gives its place back"
        );
    }

    [Theory]
    [InlineData("example.org", "example.org")]
    [InlineData("a.b.example.org.", "example.org")]
    [InlineData("A.Example.ORG", "example.org")]
    [InlineData("a.example.co.uk", "example.co.uk")]
    [InlineData("a.b.example.com.au", "example.com.au")]
    [InlineData("co.uk", "co.uk")]
    [InlineData("a.app.herokuapp.com", "app.herokuapp.com")]
    [InlineData("herokuapp.com", "herokuapp.com")]
    [InlineData("localhost", "localhost")]
    [InlineData("203.0.113.77", "203.0.113.0/24")]
    [InlineData("::ffff:203.0.113.77", "203.0.113.0/24")]
    [InlineData("[2001:db8:1:2:3::4]", "2001:db8:1:2::/64")]
    public void Hosts_of_one_owner_are_one_domain(string host, string domain) => Assert.Equal(domain, Domains.Of(host, new()));

    [Fact]
    public async Task An_https_address_of_the_open_Internet_is_taken()
    {
        using var http = Http(resolve: _ => [IPAddress.Parse("93.184.215.14"), IPAddress.Parse("2606:2800:21f::1")]);
        Assert.Equal("example.org", (await http.CheckAsync("url", "https://example.org/hook?a=b", ct)).Host);
    }

    [Fact]
    public async Task A_host_with_one_private_address_among_public_ones_is_refused()
    {
        using var http = Http(resolve: _ => [IPAddress.Parse("93.184.215.14"), IPAddress.Parse("10.0.0.1")]);
        await Assert.ThrowsAsync<ProblemException>(() => http.CheckAsync("url", "https://example.org/", ct));
        await Assert.ThrowsAsync<OutboundRefused>(() => GetAsync(http, "https://example.org/"));
    }

    [Fact]
    public async Task A_name_that_leads_elsewhere_the_second_time_gains_nothing()
    {
        await using var receiver = await Receiver.StartAsync();
        var asked = 0;
        using var http = Http(resolve: _ => [IPAddress.Parse(Interlocked.Increment(ref asked) == 1 ? "93.184.215.14" : "127.0.0.1")]);
        var address = $"https://rebinding.example:{receiver.Port}/";
        await http.CheckAsync("url", address, ct);
        Assert.Equal(
            "leads to an address that is not public",
            (await Assert.ThrowsAsync<OutboundRefused>(() => GetAsync(http, address))).Message
        );
        Assert.Empty(receiver.All(""));
    }

    [Fact]
    public async Task A_network_that_is_allowed_is_reached_also_without_TLS_and_no_other()
    {
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer("there", 202);
        using var http = Http("127.0.0.1/32,fd00::/8");
        await http.CheckAsync("url", receiver.Url("there"), ct);
        var request = new HttpRequestMessage(HttpMethod.Post, receiver.Url("there")) { Content = new StringContent("""{"type": "x"}""") };
        Assert.Equal(202, (await http.SendAsync(request, ct)).Status);
        await Assert.ThrowsAsync<OutboundRefused>(() => GetAsync(http, $"http://127.0.0.2:{receiver.Port}/there"));
    }

    [Fact]
    public async Task A_redirect_to_a_private_address_is_an_answer_and_not_a_way()
    {
        await using var receiver = await Receiver.StartAsync();
        receiver.Answer("here", (context, _) =>
        {
            context.Response.Redirect("http://127.0.0.1:1/");
            return Task.CompletedTask;
        });
        using var http = Http("127.0.0.1/32");
        var answer = await http.SendAsync(
            new HttpRequestMessage(HttpMethod.Post, receiver.Url("here")) { Content = new StringContent("""{"type": "x"}""") },
            ct
        );
        Assert.Equal((302, false), (answer.Status, answer.Succeeded));
    }

    [Fact]
    public async Task Of_a_huge_answer_only_so_much_is_read()
    {
        await using var server = await RawServer.StartAsync(
            async (stream, stop) =>
            {
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"u8.ToArray(), stop);
                var chunk = Encoding.ASCII.GetBytes($"10000\r\n{new string('x', 65_536)}\r\n");
                while (true)
                {
                    await stream.WriteAsync(chunk, stop);
                }
            }
        );
        using var http = Http("127.0.0.1/32", configure: options => options.MaxAnswerBytes = 1_000);
        Assert.Equal(1_000, (await GetAsync(http, server.Address)).Body.Length);
    }

    [Fact]
    public async Task An_answer_that_comes_by_the_drop_is_given_up_in_time()
    {
        await using var server = await RawServer.StartAsync(
            async (stream, stop) =>
            {
                await stream.WriteAsync("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"u8.ToArray(), stop);
                while (true)
                {
                    await stream.WriteAsync("x"u8.ToArray(), stop);
                    await Task.Delay(100, stop);
                }
            }
        );
        using var http = Http("127.0.0.1/32", configure: options => options.RequestSeconds = 1);
        Assert.Equal("no answer within 1 s", (await Assert.ThrowsAsync<TimeoutException>(() => GetAsync(http, server.Address))).Message);
    }

    [Fact]
    public async Task A_header_without_an_end_is_given_up()
    {
        await using var server = await RawServer.StartAsync(
            async (stream, stop) =>
            {
                await stream.WriteAsync("HTTP/1.1 200 OK\r\n"u8.ToArray(), stop);
                while (true)
                {
                    await stream.WriteAsync(Encoding.ASCII.GetBytes($"X-More: {new string('x', 1_000)}\r\n"), stop);
                }
            }
        );
        using var http = Http("127.0.0.1/32");
        await Assert.ThrowsAnyAsync<HttpRequestException>(() => GetAsync(http, server.Address));
    }

    /// <summary>A server of TCP that says what it likes.</summary>
    sealed class RawServer : IAsyncDisposable
    {
        readonly TcpListener listener = new(IPAddress.Loopback, 0);
        readonly CancellationTokenSource stop = new();
        Task serving = Task.CompletedTask;

        public string Address => $"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/";

        public static Task<RawServer> StartAsync(Func<NetworkStream, CancellationToken, Task> answer)
        {
            var server = new RawServer();
            server.listener.Start();
            server.serving = server.ServeAsync(answer);
            return Task.FromResult(server);
        }

        async Task ServeAsync(Func<NetworkStream, CancellationToken, Task> answer)
        {
            using var client = await listener.AcceptTcpClientAsync(stop.Token);
            await using var stream = client.GetStream();
            await stream.ReadAtLeastAsync(new byte[8_192], 1, throwOnEndOfStream: false, stop.Token);
            await answer(stream, stop.Token);
        }

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            listener.Dispose();
            stop.Dispose();
        }
    }
}
