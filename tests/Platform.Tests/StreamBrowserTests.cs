using System.Text.Json;
using Microsoft.Playwright;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Platform.Tests;

/// <summary>The stream in a real browser, through the gateway.</summary>
public sealed class StreamBrowserTests(PlatformStack platform) : IClassFixture<PlatformStack>, IAsyncLifetime
{
    Chromium? chromium;

    Stack Stack => platform.Stack;

    public async ValueTask InitializeAsync() => chromium = await Chromium.LaunchAsync();

    public async ValueTask DisposeAsync() => await (chromium?.DisposeAsync() ?? default);

    async Task<IPage> OpenAsync()
    {
        var page = await chromium!.Browser.NewPageAsync();
        await page.GotoAsync(new Uri(Stack["Gateway"].Address, "en").ToString(), new() { WaitUntil = WaitUntilState.DOMContentLoaded });
        return page;
    }

    Task<Guid> PublishAsync(string headline, string keyword) =>
        Eventually.Get(() => Stack.PublishAsync(Stack.Copy(headline, keywords: [keyword])), _ => true, "an article is published");

    static Task<string[]> HadAsync(IPage page, int count, string what) =>
        Eventually.Get(
            async () =>
                (await page.EvaluateAsync<JsonElement>("() => window.had")).EnumerateArray().Select(one => one.GetString()!).ToArray(),
            had => had.Length >= count,
            what
        );

    async Task RestartAsync(Func<Task> meanwhile)
    {
        await Stack["Notifications"].KillAsync();
        await meanwhile();
        Stack["Notifications"].Start();
        await Stack["Notifications"].ReadyAsync();
    }

    [Fact]
    public async Task The_browser_s_own_EventSource_reads_the_compressed_stream_live_and_resumes_when_Notifications_was_killed()
    {
        var page = await OpenAsync();
        var answered = page.WaitForResponseAsync("**/api/stream?topic=keyword:native");
        await page.EvaluateAsync(
            """
            () => {
              window.had = [];
              const source = new EventSource("/api/stream?topic=keyword:native");
              for (const kind of ["published", "updated", "gap"])
                source.addEventListener(kind, event => window.had.push(JSON.parse(event.data).article?.headline ?? kind));
            }
            """
        );
        Assert.Equal("gzip", await (await answered).HeaderValueAsync("content-encoding"));
        for (var i = 0; i < 3; i++)
        {
            await PublishAsync($"Native {i}", "native");
            await HadAsync(page, i + 1, "each before the next is published");
        }
        await RestartAsync(() => PublishAsync("Native 3", "native"));
        await PublishAsync("Native 4", "native");
        Assert.Equal(["Native 0", "Native 1", "Native 2", "Native 3", "Native 4"], await HadAsync(page, 5, "all five"));
    }

    [Theory]
    [InlineData("sse")]
    [InlineData("websocket")]
    public async Task The_page_s_client_resumes_when_Notifications_was_killed_and_when_the_page_was_hidden_for_long(string transport)
    {
        var keyword = $"client-{transport}";
        var page = await OpenAsync();
        await page.EvaluateAsync(
            """
            async ([transport, keyword]) => {
              const { NewsStream } = await import("/assets/newsplatform-stream.js");
              window.had = [];
              Object.defineProperty(document, "hidden", { get: () => window.isHidden === true });
              window.hide = hidden => { window.isHidden = hidden; document.dispatchEvent(new Event("visibilitychange")); };
              window.stream = new NewsStream({
                transport, topics: [`keyword:${keyword}`], pauseMilliseconds: 50, firstDelayMilliseconds: 500,
                onBulletin: ({ article }) => window.had.push(article.headline), onGap: gap => window.had.push(`gap ${JSON.stringify(gap)}`),
              }).start();
            }
            """,
            new[] { transport, keyword }
        );
        await page.WaitForFunctionAsync("() => window.stream.state === 'open'", null, new() { Timeout = 60_000 });
        await PublishAsync("0", keyword);
        await HadAsync(page, 1, "the first");
        await RestartAsync(() => PublishAsync("1", keyword));
        await PublishAsync("2", keyword);
        await HadAsync(page, 3, "those of when it was away");

        await page.EvaluateAsync("() => window.hide(true)");
        await page.WaitForFunctionAsync("() => window.stream.state === 'paused'", null, new() { Timeout = 60_000 });
        await PublishAsync("3", keyword);
        await PublishAsync("4", keyword);
        Assert.Equal(3, (await HadAsync(page, 3, "what it had")).Length);
        await page.EvaluateAsync("() => window.hide(false)");
        await PublishAsync("5", keyword);
        Assert.Equal(["0", "1", "2", "3", "4", "5"], await HadAsync(page, 6, "what came while it was hidden, and after"));
    }

    [Fact]
    public async Task An_open_page_is_current_again_when_Notifications_is_back()
    {
        await PublishAsync("Before the outage", "outage");
        await Stack.LineUntilAsync(items => items.Any(i => (string)i["headline"]! == "Before the outage"), "the first story");
        var page = await OpenAsync();
        var newest = page.Locator("ol.line > li").First.Locator(".headline");
        await Assertions.Expect(newest).ToHaveTextAsync("Before the outage", new() { Timeout = 60_000 });
        await RestartAsync(() => PublishAsync("In the outage", "outage"));
        await Assertions.Expect(newest).ToHaveTextAsync("In the outage", new() { Timeout = 120_000 });
        await PublishAsync("After the outage", "outage");
        await Assertions.Expect(newest).ToHaveTextAsync("After the outage", new() { Timeout = 60_000 });
    }
}
