using Microsoft.Playwright;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Platform.Tests;

/// <summary>What a person sees. With SCREENSHOTS set, the README's pictures are made anew.</summary>
public sealed class BrowserTests(PlatformStack platform) : IClassFixture<PlatformStack>, IAsyncLifetime
{
    Chromium? chromium;

    Stack Stack => platform.Stack;

    public async ValueTask InitializeAsync() => chromium = await Chromium.LaunchAsync();

    public async ValueTask DisposeAsync() => await (chromium?.DisposeAsync() ?? default);

    [Fact]
    public async Task An_open_page_shows_what_is_published_without_being_asked()
    {
        await Stack.PublishAsync(Stack.Copy("Here before the page"));
        await Stack.LineUntilAsync(items => items.Any(i => (string)i["headline"]! == "Here before the page"), "the first story");
        var page = await OpenAsync("/en", 1280, 900);
        var newest = page.Locator("ol.line > li").First.Locator(".headline");

        await Assertions.Expect(newest).ToHaveTextAsync("Here before the page");
        var id = await Stack.PublishAsync(Stack.Copy("Comes in while it is open"));
        await Assertions.Expect(newest).ToHaveTextAsync("Comes in while it is open", new() { Timeout = 60_000 });
        await Stack.ReviseAsync(id, Stack.Copy("Reads better now"));
        await Stack.PublishAsync(id);
        await Assertions.Expect(newest).ToHaveTextAsync("Reads better now", new() { Timeout = 60_000 });
        Assert.Equal(1, await page.Locator($"ol.line > li[data-id='{id}']").CountAsync());
    }

    [Theory]
    [InlineData("front", "/en", 1280)]
    [InlineData("front-phone", "/az", 390)]
    [InlineData("article", null, 1280)]
    [InlineData("article-phone", null, 390)]
    public async Task Pages_fit_phone_and_desktop_and_the_console_stays_silent(string name, string? path, int width)
    {
        await Stack.ImportAsync(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "seeds", "edition.ndjson")));
        var line = await Stack.LineUntilAsync(items => items.Count >= 26, "the edition", "language=en");
        path ??= (string)line.First(i => ((string)i["headline"]!).Length > 40 && i["media"]!["picture"] is not null)["url"]!;
        var complaints = new List<string>();
        var page = await OpenAsync(path, width, 900, complaints);

        Assert.Equal(width, await page.EvaluateAsync<int>("document.documentElement.scrollWidth"));
        await Assertions.Expect(page.Locator("main")).ToBeVisibleAsync();
        Assert.Empty(complaints);
        var folder = Environment.GetEnvironmentVariable("SCREENSHOTS") is { Length: > 0 } wanted ? wanted : AppContext.BaseDirectory;
        await page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{name}.png") });
    }

    async Task<IPage> OpenAsync(string path, int width, int height, List<string>? complaints = null)
    {
        var page = await chromium!.Browser.NewPageAsync(
            new()
            {
                ViewportSize = new() { Width = width, Height = height },
                ReducedMotion = ReducedMotion.Reduce,
            }
        );
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning")
            {
                complaints?.Add(message.Text);
            }
        };
        page.PageError += (_, error) => complaints?.Add(error);
        var connected = page.WaitForRequestAsync("**/api/stream**");
        var answer = await page.GotoAsync(
            new Uri(Stack["Gateway"].Address, path).ToString(),
            new() { WaitUntil = WaitUntilState.DOMContentLoaded }
        );
        Assert.Equal(200, answer!.Status);
        await connected;
        return page;
    }
}
