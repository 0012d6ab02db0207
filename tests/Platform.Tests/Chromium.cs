using Microsoft.Playwright;
using Xunit;

namespace NewsPlatform.Platform.Tests;

/// <summary>The browser that the system has; Playwright's own is not needed.</summary>
public sealed class Chromium : IAsyncDisposable
{
    const string Executable = "/usr/bin/chromium";
    readonly IPlaywright playwright;

    Chromium(IPlaywright playwright, IBrowser browser) => (this.playwright, Browser) = (playwright, browser);

    public IBrowser Browser { get; }

    /// <summary>Skips the test where there is none.</summary>
    public static async Task<Chromium> LaunchAsync()
    {
        Assert.SkipUnless(File.Exists(Executable), $"there is no browser at {Executable}: apt-get install chromium");
        var playwright = await Playwright.CreateAsync();
        return new(
            playwright,
            await playwright.Chromium.LaunchAsync(
                new()
                {
                    ExecutablePath = Executable,
                    Args =
                    [
                        "--no-sandbox",
                        "--disable-gpu",
                        "--disable-quic",
                        "--disable-background-networking",
                        "--disable-component-update",
                        "--disable-sync",
                    ],
                }
            )
        );
    }

    public async ValueTask DisposeAsync()
    {
        await Browser.DisposeAsync();
        playwright.Dispose();
    }
}
