using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Publishing.Tests;

/// <summary>What an article may say and carry, and what is refused or cleaned away.</summary>
public sealed class CopyTests(PublishingService service) : IClassFixture<PublishingService>
{
    Stack Stack => service.Stack;

    const string Whole = """
        {
          "headline": "Harbour opens", "shortHeadline": "Harbour open", "summary": "Ferries go again.", "category": "world",
          "language": "en",
          "bylines": ["A. Writer", "B. Writer"], "dateline": "BAKU", "source": "Agency", "rights": "Free to use with credit.",
          "editorNote": "Hold the photo of the mayor.",
          "related": ["01980000-0000-7000-8000-000000000002"],
          "media": {
            "picture": { "alt": "A ferry", "url": "https://example.org/ferry.jpg", "renditions": [
              { "url": "https://example.org/ferry-640.webp", "width": 640, "height": 360, "contentType": "image/webp" }
            ] },
            "items": [
              { "type": "video", "url": "https://example.org/ferry.mp4", "duration": 90 },
              { "type": "audio", "url": "https://example.org/horn.mp3", "caption": "The horn" },
              { "type": "gallery", "caption": "The day", "pictures": [{ "alt": "The quay", "url": "https://example.org/quay.jpg" }] }
            ]
          }
        }
        """;

    [Fact]
    public async Task Everything_that_copy_can_say_is_kept_as_it_was_said()
    {
        var sent = JsonNode.Parse(Whole)!;
        using var answer = await PostAsync(Whole);
        var article = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        foreach (
            var member in new[]
            {
                "headline",
                "shortHeadline",
                "summary",
                "bylines",
                "dateline",
                "source",
                "rights",
                "editorNote",
                "related",
            }
        )
        {
            Assert.Equal(sent[member]!.ToJsonString(), article[member]!.ToJsonString());
        }
        Assert.Equal("A. Writer, B. Writer", (string?)article["byline"]);
        Assert.Equal(640, (int?)article["media"]!["picture"]!["renditions"]![0]!["width"]);
        Assert.Equal(["video", "audio", "gallery"], article["media"]!["items"]!.AsArray().Select(i => (string)i!["type"]!));
        Assert.Equal("The quay", (string?)article["media"]!["items"]![2]!["pictures"]![0]!["alt"]);
    }

    [Theory]
    [InlineData("\"byline\":\"A\",\"bylines\":[\"B\"]", "byline")]
    [InlineData("\"bylines\":[\"\"]", "bylines[0]")]
    [InlineData("\"body\":\"<p>x</p>\",\"markdown\":\"x\"", "markdown")]
    [InlineData("\"media\":{\"items\":[{\"type\":\"picture\",\"url\":\"https://example.org/a.jpg\"}]}", "media.items[0].alt")]
    [InlineData("\"media\":{\"items\":[{\"type\":\"video\"}]}", "media.items[0].url")]
    [InlineData("\"media\":{\"items\":[{\"type\":\"gallery\"}]}", "media.items[0].pictures")]
    [InlineData(
        "\"media\":{\"items\":[{\"type\":\"gallery\",\"pictures\":[{\"url\":\"https://example.org/a.jpg\"}]}]}",
        "media.items[0].pictures[0].alt"
    )]
    [InlineData(
        "\"media\":{\"items\":[{\"type\":\"gallery\",\"pictures\":[{\"type\":\"video\",\"url\":\"https://example.org/a.mp4\"}]}]}",
        "media.items[0].pictures[0].type"
    )]
    [InlineData("\"media\":{\"items\":[null]}", "media.items[0]")]
    [InlineData("\"media\":{\"picture\":{\"type\":\"video\",\"url\":\"https://example.org/a.mp4\"}}", "media.picture")]
    [InlineData(
        "\"media\":{\"picture\":{\"alt\":\"a\",\"url\":\"https://example.org/a.jpg\","
            + "\"renditions\":[{\"url\":\"javascript:x\",\"width\":1,\"height\":1}]}}",
        "media.picture.renditions[0].url"
    )]
    public async Task What_breaks_a_rule_is_named(string members, string member)
    {
        using var answer = await PostAsync($$"""{"headline":"h","category":"world","language":"en",{{members}}}""");
        var problem = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.True(problem["errors"]![member] is not null, problem.ToJsonString());
    }

    [Theory]
    [InlineData("\"media\":{\"items\":[{\"type\":\"hologram\"}]}")]
    [InlineData("\"media\":{\"items\":[{\"type\":1}]}")]
    public async Task A_kind_of_media_that_there_is_not_cannot_be_read(string members)
    {
        using var answer = await PostAsync($$"""{"headline":"h","category":"world","language":"en",{{members}}}""");
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Markdown_is_stored_as_clean_HTML_with_its_headings_below_the_headline()
    {
        var article = await Stack.DraftAsync(
            new
            {
                headline = "Marked",
                category = "world",
                language = "en",
                markdown = "# Why\n\nIt *is* [so](https://example.org/a) <script>alert(1)</script>\n\n- one\n- two\n\n"
                    + "| a | b |\n|---|---|\n| 1 | 2 |\n\n[x](javascript:alert(1))",
            }
        );
        var body = (string)article["body"]!;
        Assert.Contains("<h2>Why</h2>", body, StringComparison.Ordinal);
        Assert.Contains("<em>is</em>", body, StringComparison.Ordinal);
        Assert.Contains("<li>one</li>", body, StringComparison.Ordinal);
        Assert.Contains("<td>1</td>", body, StringComparison.Ordinal);
        Assert.DoesNotContain("script", body, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(">", 5_000)]
    [InlineData("[", 200_000)]
    [InlineData("*a ", 100_000)]
    [InlineData("- ", 20_000)]
    public async Task Markdown_that_nests_without_end_ends_nothing(string piece, int times)
    {
        using var answer = await Stack.Editor.PostAsJsonAsync(
            "api/articles",
            new
            {
                headline = "Deep",
                category = "world",
                language = "en",
                markdown = string.Concat(Enumerable.Repeat(piece, times)) + "x",
            }
        );
        Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.Created, HttpStatusCode.UnprocessableEntity });
        await Stack.DraftAsync(Stack.Copy("Still here"));
    }

    [Fact]
    public async Task A_listed_player_is_embedded_in_a_sandbox_and_any_other_becomes_a_link()
    {
        var body = (string)
            (
                await Stack.DraftAsync(
                    Stack.Copy(
                        "Played",
                        body: "<iframe src=\"https://www.youtube-nocookie.com/embed/x\" allow=\"camera\" onload=\"x()\"></iframe>"
                            + "<iframe src=\"https://evil.example/\"></iframe>"
                            + "<iframe src=\"http://www.youtube.com/embed/x\"></iframe><iframe srcdoc=\"<b>x</b>\"></iframe><video "
                            + "src=\"https://example.org/a.mp4\" autoplay></video>"
                    )
                )
            )["body"]!;
        Assert.Equal(
            "<iframe src=\"https://www.youtube-nocookie.com/embed/x\" loading=\"lazy\" "
                + "referrerpolicy=\"strict-origin-when-cross-origin\" sandbox=\"allow-scripts allow-same-origin "
                + "allow-popups allow-presentation\"></iframe>"
                + "<a href=\"https://evil.example/\" rel=\"noopener nofollow\">https://evil.example/</a><a "
                + "href=\"http://www.youtube.com/embed/x\" rel=\"noopener nofollow\">http://www.youtube.com/embed/x</a>"
                + "<video src=\"https://example.org/a.mp4\" controls=\"\" preload=\"none\"></video>",
            body
        );
    }

    Task<HttpResponseMessage> PostAsync(string body) =>
        Stack.Editor.PostAsync(new Uri("api/articles", UriKind.Relative), new StringContent(body, Encoding.UTF8, "application/json"));
}
