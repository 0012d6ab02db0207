using System.Text.RegularExpressions;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Platform.Tests.Documentation;

public sealed partial class DiagramTests
{
    [Fact]
    public async Task Every_diagram_of_the_documentation_is_drawn()
    {
        Assert.SkipWhen(Node.Missing is not null, Node.Missing ?? "");
        var diagrams = PagesTests
            .Pages.SelectMany(page => Diagram().Matches(File.ReadAllText(page)).Select(match => (Page: page, Text: match.Groups[1].Value)))
            .ToList();
        Assert.NotEmpty(diagrams);

        await using var chromium = await Chromium.LaunchAsync();
        var page = await chromium.Browser.NewPageAsync();
        await page.SetContentAsync("<!doctype html><title>Diagrams</title><main></main>");
        await page.AddScriptTagAsync(new() { Path = Path.Combine(Node.Folder, "node_modules", "mermaid", "dist", "mermaid.min.js") });
        foreach (var diagram in diagrams)
        {
            var drawn = await page.EvaluateAsync<string>(
                """
                async text => {
                  try { return (await mermaid.render("diagram", text)).svg; } catch (fault) { return String(fault); }
                }
                """,
                diagram.Text
            );
            Assert.True(drawn.StartsWith("<svg", StringComparison.Ordinal), $"{diagram.Page}: {drawn}\n{diagram.Text}");
        }
        if (Environment.GetEnvironmentVariable("SCREENSHOTS") is { Length: > 0 } folder)
        {
            await page.EvaluateAsync(
                """
                async texts => {
                  for (const [number, text] of texts.entries())
                    document.querySelector("main").insertAdjacentHTML("beforeend", (await mermaid.render("shown" + number, text)).svg);
                }
                """,
                diagrams.Select(diagram => diagram.Text).ToArray()
            );
            await page.ScreenshotAsync(new() { Path = Path.Combine(folder, "diagrams.png"), FullPage = true });
        }
    }

    [GeneratedRegex("(?s)```mermaid\n(.*?)```")]
    private static partial Regex Diagram();
}
