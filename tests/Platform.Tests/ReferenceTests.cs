using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.Playwright;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Platform.Tests;

/// <summary>What a developer reads of the platform's HTTP, through the gateway.</summary>
public sealed class ReferenceTests(PlatformStack platform) : IClassFixture<PlatformStack>
{
    static readonly string[] services = ["publishing", "feed", "notifications"];

    Stack Stack => platform.Stack;

    async Task<JsonNode> DocumentAsync(string service) => (await Stack.Reader.GetFromJsonAsync<JsonNode>($"openapi/{service}.json"))!;

    [Fact]
    public async Task The_openapi_documents_keep_every_recommended_rule()
    {
        Assert.SkipWhen(Node.Missing is not null, Node.Missing ?? "");
        var folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "openapi")).FullName;
        foreach (var service in services)
        {
            await File.WriteAllTextAsync(Path.Combine(folder, $"{service}.json"), (await DocumentAsync(service)).ToString());
        }
        Assert.Equal("", await Node.RunAsync("", ["openapi.js", .. services.Select(service => Path.Combine(folder, $"{service}.json"))]));
    }

    [Fact]
    public async Task An_act_says_every_refusal_and_every_header_field()
    {
        var act = (await DocumentAsync("publishing"))["paths"]!["/api/articles/{id}/correct"]!["post"]!;
        Assert.Equal(
            ["200", "400", "401", "403", "404", "409", "412", "413", "415", "422", "428", "503"],
            act["responses"]!.AsObject().Select(r => r.Key)
        );
        Assert.Equal(
            [("id", true), ("If-Match", true), ("Idempotency-Key", false)],
            act["parameters"]!.AsArray().Select(p => ((string)p!["name"]!, (bool?)p["required"] ?? false))
        );
        Assert.NotNull(act["responses"]!["200"]!["headers"]!["ETag"]);
        Assert.Equal("bearer", Assert.Single(act["security"]![0]!.AsObject()).Key);
    }

    [Fact]
    public async Task Every_operation_of_every_service_is_summed_up_and_says_who_may()
    {
        foreach (var service in services)
        {
            var operations = (await DocumentAsync(service))["paths"]!
                .AsObject()
                .SelectMany(path => path.Value!.AsObject().Select(o => (Path: path.Key, Method: o.Key, Operation: o.Value!)))
                .ToArray();
            Assert.NotEmpty(operations);
            Assert.All(operations, o =>
            {
                Assert.False(
                    ((string)o.Operation["summary"]!).Contains(o.Path, StringComparison.Ordinal),
                    $"{o.Method} {o.Path} has no summary of its own"
                );
                Assert.Equal(o.Operation["responses"]!["401"] is not null, o.Operation["security"]![0]!.AsObject().Count == 1);
                Assert.NotNull(o.Operation["responses"]!["503"]);
            });
        }
    }

    [Fact]
    public async Task The_example_of_a_draft_can_be_sent_as_it_is_and_the_answer_has_the_members_that_are_described()
    {
        var document = await DocumentAsync("publishing");
        var draft = document["paths"]!["/api/articles"]!["post"]!;
        using var answer = await Stack.Editor.PostAsJsonAsync(
            "api/articles",
            draft["requestBody"]!["content"]!["application/json"]!["example"]
        );
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        var described = document["components"]!["schemas"]!["ArticleView"]!;
        var members = (await answer.Content.ReadFromJsonAsync<JsonNode>())!.AsObject().Select(m => m.Key).ToArray();
        Assert.Equal([], members.Except(described["properties"]!.AsObject().Select(p => p.Key)));
        Assert.Equal([], described["required"]!.AsArray().Select(name => (string)name!).Except(members));
    }

    [Fact]
    public async Task The_reference_is_shown_in_a_browser_without_anything_from_elsewhere()
    {
        await using var chromium = await Chromium.LaunchAsync();
        var page = await chromium.Browser.NewPageAsync(
            new()
            {
                ViewportSize = new() { Width = 1280, Height = 900 },
            }
        );
        var complaints = new List<string>();
        var elsewhere = new List<string>();
        page.Console += (_, message) =>
        {
            if (message.Type is "error")
            {
                complaints.Add(message.Text);
            }
        };
        page.PageError += (_, fault) => complaints.Add(fault);
        page.Request += (_, request) =>
        {
            if (
                new Uri(request.Url) is { Scheme: "http" or "https" or "ws" or "wss" } url
                && url.Authority != Stack.Reader.BaseAddress!.Authority
            )
            {
                elsewhere.Add(request.Url);
            }
        };

        await page.GotoAsync(new Uri(Stack.Reader.BaseAddress!, "docs").ToString());
        await Assertions.Expect(page.GetByText("Publish now").First).ToBeVisibleAsync(new() { Timeout = 60_000 });
        await Assertions.Expect(page.GetByRole(AriaRole.Heading, new() { Name = "NewsPlatform Publishing" }).First).ToBeVisibleAsync();
        Assert.Empty(elsewhere);
        Assert.Empty(complaints);
        await page.ScreenshotAsync(new() { Path = Path.Combine(AppContext.BaseDirectory, "docs.png") });
    }

    [Fact]
    public async Task The_policy_that_the_reference_needs_is_not_that_of_the_news()
    {
        using var docs = await Stack.Reader.GetAsync(new Uri("docs", UriKind.Relative));
        using var news = await Stack.Reader.GetAsync(new Uri("en", UriKind.Relative));
        var (ofDocs, ofNews) = (
            Assert.Single(docs.Headers.GetValues("Content-Security-Policy")),
            Assert.Single(news.Headers.GetValues("Content-Security-Policy"))
        );
        Assert.Matches("script-src 'self' 'nonce-[^']+'(;|$)", ofDocs);
        Assert.Contains("default-src 'self'", ofDocs, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", ofNews, StringComparison.Ordinal);
        Assert.DoesNotContain("nonce", ofNews, StringComparison.Ordinal);
    }
}
