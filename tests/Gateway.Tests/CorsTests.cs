using System.Net;
using Microsoft.AspNetCore.Http;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Gateway.Tests;

/// <summary>The edge as it is when nobody says anything of origins, and with one that is named.</summary>
public sealed class TwoEdges : IAsyncLifetime
{
    public const string Partner = "https://partner.example.org";

    public static IReadOnlyDictionary<string, string> Named { get; } =
        new Dictionary<string, string> { ["Cors__AllowedOrigins__0"] = Partner, ["Limits__Enabled"] = "false" };

    public Front Plain { get; private set; } = null!;
    public Front WithPartner { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        (Plain, WithPartner) = (
            await Front.StartAsync(new Dictionary<string, string> { ["Limits__Enabled"] = "false" }, AsWishedAsync),
            await Front.StartAsync(Named, AsWishedAsync)
        );

    public async ValueTask DisposeAsync()
    {
        await Plain.DisposeAsync();
        await WithPartner.DisposeAsync();
    }

    /// <summary>What a service answers is what its client wishes.</summary>
    public static Task AsWishedAsync(HttpContext context)
    {
        context.Response.StatusCode = int.TryParse(context.Request.Headers["X-Status"], out var status) ? status : 200;
        context.Response.Headers.ETag = "\"1\"";
        context.Response.Headers.Vary = "Accept-Encoding";
        return Task.CompletedTask;
    }
}

/// <summary>What pages of other origins may read (WHATWG Fetch, "CORS protocol"), as their browsers are told.</summary>
public sealed class CorsTests(TwoEdges edges) : IClassFixture<TwoEdges>
{
    const string Foreign = "https://foreign.example.org";
    const string Partner = TwoEdges.Partner;

    static string? Said(HttpResponseMessage answer, string name) =>
        answer.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;

    static string? Allowed(HttpResponseMessage answer) => Said(answer, "Access-Control-Allow-Origin");

    static void NothingOfIt(HttpResponseMessage answer)
    {
        Assert.DoesNotContain(answer.Headers, header => header.Key.StartsWith("Access-Control-", StringComparison.OrdinalIgnoreCase));
        Assert.DoesNotContain("Origin", Said(answer, "Vary") ?? "", StringComparison.Ordinal);
    }

    static Task<HttpResponseMessage> PreflightAsync(Front front, string path, string origin, string method, string? fields = null) =>
        front.SendAsync(
            HttpMethod.Options,
            path,
            fields is null
                ? [("Origin", origin), ("Access-Control-Request-Method", method)]
                : [("Origin", origin), ("Access-Control-Request-Method", method), ("Access-Control-Request-Headers", fields)]
        );

    public static TheoryData<string> PublicReads =>
        [
            "api/news",
            "api/news?language=en&q=x",
            "api/news/suggestions?q=x",
            "api/news/1",
            "api/news/1/ninjs",
            "api/news/ninjs",
            "api/categories",
            "api/news/most-read",
            "rss.xml",
            "en/atom.xml",
            "en/world/feed.json",
            "sitemap.xml",
            "sitemaps/2026-11.xml",
            "news-sitemap.xml",
            "api/bulletins?after=0",
            "api/stream?topic=breaking",
            "api/push/key",
            "openapi/feed.json",
            "openapi/publishing.json",
            "openapi/notifications.json",
            "en",
            "assets/newsplatform-stream.js",
        ];

    [Theory]
    [MemberData(nameof(PublicReads))]
    public async Task What_everybody_may_read_every_page_may_and_the_answer_is_the_same_for_all_of_them(string path)
    {
        foreach (var origin in new[] { null, Foreign, Partner, "null" })
        {
            foreach (var method in new[] { HttpMethod.Get, HttpMethod.Head })
            {
                using var answer = await edges.WithPartner.SendAsync(method, path, origin is null ? [] : [("Origin", origin)]);
                Assert.Equal(
                    ("*", null, "Accept-Encoding"),
                    (Allowed(answer), Said(answer, "Access-Control-Allow-Credentials"), Said(answer, "Vary"))
                );
                Assert.Superset(
                    new HashSet<string> { "ETag", "Last-Modified", "Link", "Retry-After", "Last-Event-ID" },
                    Said(answer, "Access-Control-Expose-Headers")!.Split(',', StringSplitOptions.TrimEntries).ToHashSet()
                );
            }
        }
    }

    [Theory]
    [InlineData(304)]
    [InlineData(400)]
    [InlineData(404)]
    [InlineData(410)]
    [InlineData(429)]
    [InlineData(503)]
    public async Task A_page_can_read_why_it_did_not_get_what_it_asked_for(int status)
    {
        foreach (var path in new[] { "api/news", "api/bulletins", "api/stream" })
        {
            using var answer = await edges.Plain.SendAsync(HttpMethod.Get, path, [("Origin", Foreign), ("X-Status", $"{status}")]);
            Assert.Equal((status, "*"), ((int)answer.StatusCode, Allowed(answer)));
        }
    }

    [Fact]
    public async Task What_the_gateway_itself_refuses_can_be_read_too()
    {
        var settings = new Dictionary<string, string>(TwoEdges.Named) { ["Limits__Enabled"] = "true" };
        foreach (var of in new[] { "Ready", "Stream", "Unproved" })
        {
            (settings[$"Limits__{of}__RequestsPerMinute"], settings[$"Limits__{of}__BurstRequests"]) = ("1", "1");
        }
        await using var front = await Front.StartAsync(settings, TwoEdges.AsWishedAsync);
        foreach (var path in new[] { "api/news", "api/stream", "api/articles" })
        {
            Assert.Equal(HttpStatusCode.OK, await front.StatusAsync(HttpMethod.Get, path));
        }
        foreach (
            var (path, origin, allowed) in new[]
            {
                ("api/news", Foreign, "*"),
                ("api/stream", Foreign, "*"),
                ("api/articles", Partner, Partner),
            }
        )
        {
            using var refused = await front.SendAsync(HttpMethod.Get, path, [("Origin", origin)]);
            Assert.Equal((HttpStatusCode.TooManyRequests, allowed), (refused.StatusCode, Allowed(refused)));
        }
        using var told = await front.SendAsync(HttpMethod.Get, "api/stream", [("Origin", Foreign), ("Accept", "text/event-stream")]);
        Assert.Equal((HttpStatusCode.OK, "*"), (told.StatusCode, Allowed(told)));

        await using var alone = new ServiceProcess(
            "Gateway",
            new[] { "publishing", "feed", "notifications" }.ToDictionary(
                s => $"ReverseProxy__Clusters__{s}__Destinations__service__Address",
                _ => $"http://127.0.0.1:{Servers.FreePort()}/"
            )
        );
        alone.Start();
        await alone.ReadyAsync();
        using var away = await front.Client.SendAsync(
            new(HttpMethod.Get, new Uri(alone.Address, "api/news")) { Headers = { { "Origin", Foreign } } }
        );
        Assert.Equal((HttpStatusCode.ServiceUnavailable, "*"), (away.StatusCode, Allowed(away)));
    }

    [Theory]
    [InlineData("api/news", "GET", "if-none-match,accept")]
    [InlineData("api/stream", "GET", "last-event-id,cache-control")]
    [InlineData("api/bulletins", "GET", "x-requested-with")]
    [InlineData("en/rss.xml", "HEAD", null)]
    public async Task A_preflight_of_a_read_is_answered_at_the_gateway_and_may_be_remembered(string path, string method, string? fields)
    {
        using var answer = await PreflightAsync(edges.Plain, path, Foreign, method, fields);
        Assert.Equal(
            (HttpStatusCode.NoContent, "*", "7200", null),
            (answer.StatusCode, Allowed(answer), Said(answer, "Access-Control-Max-Age"), Said(answer, "Access-Control-Allow-Credentials"))
        );
        Assert.Equal(fields, Said(answer, "Access-Control-Allow-Headers"));
        Assert.Equal("GET,HEAD", Said(answer, "Access-Control-Allow-Methods"));
        Assert.Null(answer.Headers.ETag);
    }

    public static TheoryData<string, string> NotForEverybody =>
        new()
        {
            { "GET", "api/articles" },
            { "POST", "api/articles" },
            { "PUT", "api/articles/1" },
            { "GET", "api/keys" },
            { "POST", "api/import" },
            { "POST", "api/rebuilds/feed" },
            { "GET", "api/embargoed" },
            { "POST", "api/subscriptions" },
            { "GET", "api/subscriptions/1" },
            { "DELETE", "api/subscriptions/1" },
            { "POST", "hub" },
            { "POST", "api/stream/tickets" },
            { "POST", "api/news" },
            { "DELETE", "en" },
        };

    [Theory]
    [MemberData(nameof(NotForEverybody))]
    public async Task What_takes_a_key_or_writes_has_not_one_field_of_it_as_long_as_no_origin_is_named(string method, string path)
    {
        using var answer = await edges.Plain.SendAsync(new(method), path, [("Origin", Foreign)]);
        NothingOfIt(answer);
        using var preflight = await PreflightAsync(edges.Plain, path, Foreign, method, "authorization,content-type");
        NothingOfIt(preflight);
    }

    [Theory]
    [MemberData(nameof(NotForEverybody))]
    public async Task What_takes_a_key_or_writes_is_for_the_pages_of_origins_that_are_named(string method, string path)
    {
        foreach (var status in new[] { "200", "401", "409", "503" })
        {
            using var answer = await edges.WithPartner.SendAsync(new(method), path, [("Origin", Partner), ("X-Status", status)]);
            Assert.Equal(
                (Partner, null, "Accept-Encoding, Origin"),
                (Allowed(answer), Said(answer, "Access-Control-Allow-Credentials"), Said(answer, "Vary"))
            );
            Assert.Contains("Location", Said(answer, "Access-Control-Expose-Headers"), StringComparison.Ordinal);
        }
        using (var preflight = await PreflightAsync(edges.WithPartner, path, Partner, method, "authorization,content-type,if-match"))
        {
            Assert.Equal(
                (HttpStatusCode.NoContent, Partner, "7200"),
                (preflight.StatusCode, Allowed(preflight), Said(preflight, "Access-Control-Max-Age"))
            );
            Assert.Equal("authorization,content-type,if-match", Said(preflight, "Access-Control-Allow-Headers"));
            Assert.Contains(method, Said(preflight, "Access-Control-Allow-Methods")!.Split(','));
        }
        foreach (var origin in new[] { Foreign, "null", "https://partner.example.org.evil.example", null })
        {
            using var answer = await edges.WithPartner.SendAsync(new(method), path, origin is null ? [] : [("Origin", origin)]);
            Assert.Equal((null, "Accept-Encoding, Origin"), (Allowed(answer), Said(answer, "Vary")));
        }
    }

    /// <summary>A page that may not send a key learns so from the preflight, and what is never sent is never answered.</summary>
    [Theory]
    [InlineData("api/news")]
    [InlineData("api/bulletins")]
    [InlineData("api/stream")]
    public async Task A_key_may_be_sent_by_the_pages_that_are_named_and_by_no_others_also_with_a_read(string path)
    {
        using var foreign = await PreflightAsync(edges.WithPartner, path, Foreign, "GET", "accept, Authorization");
        Assert.Equal((HttpStatusCode.NoContent, null), (foreign.StatusCode, Allowed(foreign)));
        using var partner = await PreflightAsync(edges.WithPartner, path, Partner, "GET", "accept, Authorization");
        Assert.Equal((HttpStatusCode.NoContent, Partner), (partner.StatusCode, Allowed(partner)));
    }

    [Theory]
    [InlineData("api/bulletins", true)]
    [InlineData("api/stream", true)]
    [InlineData("api/stream?ticket=x", false)]
    public async Task Where_a_key_opens_what_is_closed_its_answers_are_for_the_pages_that_are_named(string path, bool key)
    {
        foreach (var (origin, allowed) in new[] { (Foreign, null), (Partner, Partner) })
        {
            using var answer = await edges.WithPartner.SendAsync(
                HttpMethod.Get,
                path,
                key ? [("Origin", origin), ("Authorization", "Bearer x")] : [("Origin", origin)]
            );
            Assert.Equal((allowed, "Accept-Encoding, Origin"), (Allowed(answer), Said(answer, "Vary")));
        }
    }

    [Fact]
    public async Task A_page_that_is_named_can_read_that_its_body_is_refused_unread()
    {
        await using var front = await Front.StartAsync(
            new Dictionary<string, string>(TwoEdges.Named) { ["Listen__MaxBodyBytes"] = "1024" }
        );
        using var answer = await front.SendAsync(
            HttpMethod.Post,
            "api/articles",
            [("Origin", Partner)],
            new StringContent(new string('x', 2048))
        );
        Assert.Equal((HttpStatusCode.RequestEntityTooLarge, Partner), (answer.StatusCode, Allowed(answer)));
    }

    [Theory]
    [InlineData("Cors__AllowedOrigins__0", "*", "Cors__AllowedOrigins__0")]
    [InlineData("Cors__AllowedOrigins__0", "null", "Cors__AllowedOrigins__0")]
    [InlineData("Cors__AllowedOrigins__0", "partner.example.org", "Cors__AllowedOrigins__0")]
    [InlineData("Cors__AllowedOrigins__0", "https://partner.example.org/desk", "Cors__AllowedOrigins__0")]
    [InlineData("Cors__PreflightSeconds", "-1", "Cors__PreflightSeconds")]
    public async Task What_is_no_origin_stops_the_gateway_with_one_line_that_names_it(string setting, string value, string said)
    {
        await using var gateway = new ServiceProcess("Gateway", new Dictionary<string, string> { [setting] = value });
        gateway.Start();
        Assert.Equal(78, await gateway.ExitAsync());
        var line = await Eventually.Get(() => Task.FromResult(gateway.Output), output => output.Count > 0, "the reason");
        Assert.Contains(said, Assert.Single(line), StringComparison.Ordinal);
    }
}
