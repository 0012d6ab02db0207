using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.Playwright;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Platform.Tests;

/// <summary>Pages of two other origins, the second of which the gateway is told of.</summary>
public sealed class ThreeOrigins(Servers servers) : IAsyncLifetime
{
    public Stack Stack { get; private set; } = null!;
    public Site Foreign { get; private set; } = null!;
    public Site Partner { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        (Foreign, Partner) = (await Site.StartAsync(PageAsync), await Site.StartAsync(PageAsync));
        Stack = await Stack.StartAsync(
            servers,
            new Dictionary<string, string> { [$"{Stack.OfGateway}Cors__AllowedOrigins__0"] = Partner.Origin }
        );
    }

    public async ValueTask DisposeAsync()
    {
        await (Stack?.DisposeAsync() ?? ValueTask.CompletedTask);
        await Foreign.DisposeAsync();
        await Partner.DisposeAsync();
    }

    static Task PageAsync(HttpContext context)
    {
        context.Response.ContentType = "text/html";
        return context.Response.WriteAsync("<!doctype html><title>Somebody else's page</title>");
    }
}

/// <summary>What a browser lets pages of other origins do with the portal.</summary>
public sealed class OtherPagesTests(ThreeOrigins origins) : IClassFixture<ThreeOrigins>, IAsyncLifetime
{
    /// <summary>What a script is given, or that its browser keeps it from it.</summary>
    const string Ask = """
        async ([address, method, headers, body]) => {
          try {
            const answer = await fetch(address, { method, headers: JSON.parse(headers), ...(body ? { body } : {}) });
            return `${answer.status} ${answer.headers.get("etag") ? "etag" : ""}`.trim();
          } catch { return "kept from it"; }
        }
        """;

    Chromium? chromium;

    Stack Stack => origins.Stack;
    string Portal => Stack["Gateway"].Address.ToString();

    public async ValueTask InitializeAsync() => chromium = await Chromium.LaunchAsync();

    public async ValueTask DisposeAsync() => await (chromium?.DisposeAsync() ?? default);

    async Task<IPage> OpenAsync(Site site)
    {
        var page = await chromium!.Browser.NewPageAsync();
        await page.GotoAsync(site.Origin);
        return page;
    }

    Task<string> AskAsync(IPage page, string path, string method = "GET", object? headers = null, string? body = null) =>
        page.EvaluateAsync<string>(Ask, new[] { Portal + path, method, JsonSerializer.Serialize(headers ?? new { }), body });

    static Task<string[]> HadAsync(IPage page, int count, string what) =>
        Eventually.Get(
            async () =>
                (await page.EvaluateAsync<JsonElement>("() => window.had")).EnumerateArray().Select(one => one.GetString()!).ToArray(),
            had => had.Length >= count,
            what
        );

    [Fact]
    public async Task Anybodys_page_reads_the_news_its_feeds_and_why_it_does_not_get_something()
    {
        await Stack.PublishAsync(Stack.Copy("For every page"));
        await Stack.LineUntilAsync(items => items.Any(i => (string)i["headline"]! == "For every page"), "the story");
        var page = await OpenAsync(origins.Foreign);
        Assert.Equal("200 etag", await AskAsync(page, "api/news?language=en"));
        Assert.Equal(
            "200 etag",
            await AskAsync(page, "en/feed.json", headers: new Dictionary<string, string> { ["X-Requested-With"] = "XMLHttpRequest" })
        );
        Assert.Equal(
            "304 etag",
            await page.EvaluateAsync<string>(
                $$"""
                async () => {
                  const address = "{{Portal}}api/categories";
                  const tag = (await fetch(address)).headers.get("etag");
                  const answer = await fetch(address, { headers: { "If-None-Match": tag }, cache: "no-store" });
                  return `${answer.status} ${answer.headers.get("etag") ? "etag" : ""}`;
                }
                """
            )
        );
        Assert.Equal("404", await AskAsync(page, $"api/news/{Guid.NewGuid()}"));
        Assert.Equal("200", await AskAsync(page, "api/bulletins?after=0"));
        Assert.StartsWith("200", await AskAsync(page, "openapi/publishing.json"), StringComparison.Ordinal);
        Assert.StartsWith("200", await AskAsync(page, "api/push/key"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Anybodys_page_listens_by_the_portals_own_client_and_comes_back_after_what_it_had()
    {
        var page = await OpenAsync(origins.Foreign);
        await page.EvaluateAsync(
            """
            async portal => {
              const { NewsStream } = await import(portal + "assets/newsplatform-stream.js");
              window.had = [];
              window.stream = new NewsStream({
                url: portal + "api/stream", topics: ["keyword:elsewhere"], firstDelayMilliseconds: 500,
                onBulletin: ({ article }) => window.had.push(article.headline)
              }).start();
            }
            """,
            Portal
        );
        await page.WaitForFunctionAsync("() => window.stream.state === 'open'", null, new() { Timeout = 60_000 });
        await Stack.PublishAsync(Stack.Copy("0", keywords: ["elsewhere"]));
        await HadAsync(page, 1, "the first");
        await page.EvaluateAsync(
            $$"""
            async () => {
              const answer = await fetch("{{Portal}}api/stream?topic=keyword:elsewhere", {
                headers: { "Last-Event-ID": "0", Accept: "text/event-stream", "Cache-Control": "no-cache" }
              });
              const text = await answer.body.pipeThrough(new TextDecoderStream()).getReader().read();
              window.had.push(`${answer.status} after ${answer.headers.get("last-event-id")}: ${text.value.slice(0, 6)}`);
            }
            """
        );
        Assert.Equal(["0", "200 after 0: retry:"], await HadAsync(page, 2, "what a script reads by itself"));
    }

    [Fact]
    public async Task Only_a_page_that_is_named_writes_or_sends_a_key()
    {
        var (foreign, partner) = (await OpenAsync(origins.Foreign), await OpenAsync(origins.Partner));
        var json = new Dictionary<string, string> { ["Content-Type"] = "application/json" };
        var keyed = new Dictionary<string, string>(json) { ["Authorization"] = $"Bearer {Stack.AdminKey}" };
        var draft = JsonSerializer.Serialize(Stack.Copy("By a page"));
        var subscription = JsonSerializer.Serialize(new { kind = "webhook", url = "https://you.example/" });
        foreach (
            var (page, listed, made, refused) in new[]
            {
                (foreign, "kept from it", "kept from it", "kept from it"),
                (partner, "200", "201 etag", "401"),
            }
        )
        {
            Assert.Equal(listed, await AskAsync(page, "api/articles", headers: keyed));
            Assert.Equal(made, await AskAsync(page, "api/articles", "POST", keyed, draft));
            Assert.Equal(refused, await AskAsync(page, "api/articles"));
            Assert.Equal(refused, await AskAsync(page, "api/subscriptions", "POST", json, subscription));
        }
        Assert.Equal("kept from it", await AskAsync(foreign, "api/bulletins", headers: keyed));
        Assert.Equal(
            "200",
            await AskAsync(
                partner,
                "api/bulletins",
                headers: new Dictionary<string, string> { ["Authorization"] = $"Bearer {Stack.AdminKey}" }
            )
        );
    }
}
