using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Publishing.Tests;

public sealed class WritingTests(PublishingService service) : IClassFixture<PublishingService>
{
    Stack Stack => service.Stack;

    [Fact]
    public async Task A_draft_is_answered_with_its_address_its_version_and_itself()
    {
        using var answer = await Stack.Editor.PostAsJsonAsync("api/articles", Stack.Copy("Harbour opens"));
        var article = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;

        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        Assert.Equal("\"1\"", answer.Headers.ETag!.Tag);
        Assert.Equal("draft", (string?)article["state"]);
        var read = await Stack.Editor.GetFromJsonAsync<JsonNode>(answer.Headers.Location);
        Assert.Equal(article.ToJsonString(), read!.ToJsonString());
    }

    [Fact]
    public async Task Writing_needs_a_key()
    {
        using var none = await Stack.Reader.PostAsJsonAsync("api/articles", Stack.Copy("No key"));
        using var wrong = await Stack.Reader.SendAsync(
            new(HttpMethod.Get, $"api/articles/{Guid.NewGuid()}")
            {
                Headers = { Authorization = new("Bearer", Stack.AdminKey + "x") },
                Version = HttpVersion.Version20,
                VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            }
        );
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.Unauthorized), (none.StatusCode, wrong.StatusCode));
        Assert.Equal("Bearer", none.Headers.WwwAuthenticate.Single().Scheme);
        Assert.Equal("application/problem+json", none.Content.Headers.ContentType!.MediaType);
    }

    [Fact]
    public async Task A_change_must_say_which_version_it_changes()
    {
        var id = Stack.Id(await Stack.DraftAsync(Stack.Copy("Versions")));
        using var without = await Stack.Editor.PutAsJsonAsync($"api/articles/{id}", Stack.Copy("Versions 2"));
        using var first = await Stack.Editor.SendAsync(
            Stack.Write(HttpMethod.Put, $"api/articles/{id}", JsonContent.Create(Stack.Copy("Versions 2")), "\"1\"")
        );
        using var stale = await Stack.Editor.SendAsync(
            Stack.Write(HttpMethod.Put, $"api/articles/{id}", JsonContent.Create(Stack.Copy("Versions 3")), "\"1\"")
        );
        using var nonsense = await Stack.Editor.SendAsync(Stack.Write(HttpMethod.Post, $"api/articles/{id}/publish", null, "two"));

        Assert.Equal(428, (int)without.StatusCode);
        Assert.Equal((HttpStatusCode.OK, "\"2\""), (first.StatusCode, first.Headers.ETag!.Tag));
        Assert.Equal((HttpStatusCode.PreconditionFailed, "\"2\""), (stale.StatusCode, stale.Headers.ETag!.Tag));
        Assert.Equal(2, (int)(await stale.Content.ReadFromJsonAsync<JsonNode>())!["currentVersion"]!);
        Assert.Equal(HttpStatusCode.BadRequest, nonsense.StatusCode);
        Assert.Equal("Versions 2", (string?)(await Stack.Editor.GetFromJsonAsync<JsonNode>($"api/articles/{id}"))!["headline"]);
    }

    [Fact]
    public async Task Of_two_editors_who_change_the_same_version_at_once_one_is_told_that_it_is_stale()
    {
        var id = Stack.Id(await Stack.DraftAsync(Stack.Copy("Race")));
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(i =>
                    Stack.Editor.SendAsync(
                        Stack.Write(HttpMethod.Put, $"api/articles/{id}", JsonContent.Create(Stack.Copy($"Race {i}")), "\"1\"")
                    )
                )
        );
        Assert.Equal(1, answers.Count(a => a.StatusCode == HttpStatusCode.OK));
        Assert.Equal(7, answers.Count(a => a.StatusCode == HttpStatusCode.PreconditionFailed));
    }

    [Fact]
    public async Task Publishing_twice_is_publishing_once()
    {
        var id = Stack.Id(await Stack.DraftAsync(Stack.Copy("Once")));
        var once = await Stack.PublishAsync(id);
        var twice = await Stack.PublishAsync(id);
        Assert.Equal(("published", "usable", 2L), ((string?)once["state"], (string?)once["pubStatus"], (long)once["version"]!));
        Assert.Equal(once.ToJsonString(), twice.ToJsonString());
    }

    [Fact]
    public async Task Two_stories_of_the_same_headline_have_different_addresses()
    {
        var one = await Stack.PublishAsync(Stack.Id(await Stack.DraftAsync(Stack.Copy("Same words"))));
        var two = await Stack.PublishAsync(Stack.Id(await Stack.DraftAsync(Stack.Copy("Same words"))));
        Assert.Equal("/en/world/same-words", (string?)one["url"]);
        Assert.StartsWith("/en/world/same-words-", (string?)two["url"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{\"headline\":\"h\",\"category\":\"world\",\"language\":\"en\",\"headlin\":1}", 400, "headlin")]
    [InlineData("{\"headline\":1,\"category\":\"world\",\"language\":\"en\"}", 400, "headline")]
    [InlineData("{\"headline\":\"h\"", 400, "body")]
    [InlineData("{\"headline\":\"h\",\"headline\":\"i\",\"category\":\"world\",\"language\":\"en\"}", 400, "headline")]
    [InlineData("{\"category\":\"world\",\"language\":\"en\"}", 422, "headline")]
    [InlineData("{\"headline\":\"h\",\"category\":\"gossip\",\"language\":\"en\"}", 422, "category")]
    [InlineData("{\"headline\":\"h\",\"category\":\"world\",\"language\":\"xx\"}", 422, "language")]
    [InlineData("{\"headline\":\"h\",\"category\":\"world\",\"language\":\"en\",\"urgency\":10}", 422, "urgency")]
    [InlineData("{\"headline\":\"h\\u0000\",\"category\":\"world\",\"language\":\"en\"}", 422, "headline")]
    [InlineData(
        "{\"headline\":\"h\",\"category\":\"world\",\"language\":\"en\",\"media\":{\"picture\":{\"url\":\"https://example.org/a.jpg\"}}}",
        422,
        "media.picture.alt"
    )]
    [InlineData(
        "{\"headline\":\"h\",\"category\":\"world\",\"language\":\"en\","
            + "\"media\":{\"picture\":{\"url\":\"javascript:alert(1)\",\"alt\":\"a\"}}}",
        422,
        "media.picture.url"
    )]
    [InlineData(
        "{\"headline\":\"h\",\"category\":\"world\",\"language\":\"en\",\"media\":{\"badges\":[\"audio\"]}}",
        422,
        "media.badges[0]"
    )]
    public async Task Bad_copy_is_refused_by_the_name_of_what_is_wrong(string body, int status, string member)
    {
        using var answer = await Stack.Editor.PostAsync(
            new Uri("api/articles", UriKind.Relative),
            new StringContent(body, Encoding.UTF8, "application/json")
        );
        var problem = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Equal("application/problem+json", answer.Content.Headers.ContentType!.MediaType);
        Assert.NotNull(problem["errors"]![member]);
        Assert.StartsWith("urn:newsplatform:problem:", (string?)problem["type"], StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", problem.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_headline_of_501_characters_is_refused_and_one_of_500_is_taken()
    {
        using var answer = await Stack.Editor.PostAsJsonAsync("api/articles", Stack.Copy(new string('h', 501)));
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        await Stack.DraftAsync(Stack.Copy(new string('h', 500)));
    }

    [Fact]
    public async Task A_body_of_elements_within_elements_without_end_is_refused_and_ends_nothing()
    {
        using var answer = await Stack.Editor.PostAsJsonAsync(
            "api/articles",
            Stack.Copy("Deep", body: string.Concat(Enumerable.Repeat("<em>", 100_000)) + "x")
        );
        Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
        Assert.NotNull((await answer.Content.ReadFromJsonAsync<JsonNode>())!["errors"]!["body"]);
        await Stack.DraftAsync(Stack.Copy("Still here"));
    }

    [Fact]
    public async Task A_body_over_a_mebibyte_is_refused_and_one_over_the_limit_of_requests_is_413()
    {
        using var rule = await Stack.Editor.PostAsJsonAsync("api/articles", Stack.Copy("Long", body: new string('b', (1 << 20) + 1)));
        using var limit = await Stack.Editor.PostAsJsonAsync("api/articles", Stack.Copy("Longer", body: new string('b', 5 << 20)));
        Assert.Equal((HttpStatusCode.UnprocessableEntity, HttpStatusCode.RequestEntityTooLarge), (rule.StatusCode, limit.StatusCode));
    }

    [Fact]
    public async Task A_script_in_a_body_is_cleaned_away()
    {
        var article = await Stack.DraftAsync(
            Stack.Copy(
                "Clean",
                body: "<p onclick=\"x()\">Text<script>alert(1)</script></p><a href=\"javascript:x()\">link</a><h2>Head</h2>"
                    + "<blockquote>Said</blockquote><iframe src=\"//x\"></iframe>"
            )
        );
        Assert.Equal("<p>Text</p><a>link</a><h2>Head</h2><blockquote>Said</blockquote>", (string?)article["body"]);
    }

    [Fact]
    public async Task What_there_is_not_is_404_and_an_unknown_parameter_is_400()
    {
        using var absent = await Stack.Editor.GetAsync(new Uri($"api/articles/{Guid.NewGuid()}", UriKind.Relative));
        using var parameter = await Stack.Editor.GetAsync(new Uri($"api/articles/{Guid.NewGuid()}?verbose=1", UriKind.Relative));
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.BadRequest), (absent.StatusCode, parameter.StatusCode));
    }
}
