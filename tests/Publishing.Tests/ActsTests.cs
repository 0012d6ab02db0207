using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Publishing.Tests;

/// <summary>The acts as an editor's software sends them.</summary>
public sealed class ActsTests(PublishingService service) : IClassFixture<PublishingService>
{
    Stack Stack => service.Stack;

    [Fact]
    public async Task An_act_that_the_state_forbids_is_409_with_the_state_and_what_it_allows()
    {
        var id = Stack.Id(await Stack.DraftAsync(Stack.Copy("Too early")));
        using var answer = await Stack.TryAsync(id, "correct", new { note = "Nothing is public yet." });
        var problem = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
        Assert.Equal((HttpStatusCode.Conflict, "draft"), (answer.StatusCode, (string?)problem["state"]));
        Assert.Equal(
            ["revise", "submit", "schedule", "embargo", "lift", "publish", "kill"],
            problem["allowed"]!.AsArray().Select(a => (string)a!)
        );
        Assert.Equal(1, (int)(await ReadAsync($"api/articles/{id}"))["version"]!);
    }

    [Theory]
    [InlineData("kill", "{}", 422, "reason")]
    [InlineData("kill", "{\"reason\":\" \"}", 422, "reason")]
    [InlineData("kill", "{\"note\":\"x\"}", 400, "note")]
    [InlineData("correct", "{}", 422, "note")]
    [InlineData("correct", "{\"note\":\"\\u0000\"}", 422, "note")]
    [InlineData("schedule", "{}", 422, "publishAt")]
    [InlineData("schedule", "{\"publishAt\":\"2031-01-01T00:00:00\"}", 400, "publishAt")]
    [InlineData("schedule", "{\"publishAt\":\"2001-01-01T00:00:00Z\"}", 422, "publishAt")]
    [InlineData("revert", "{\"version\":9}", 422, "version")]
    public async Task What_an_act_cannot_be_given_is_refused_by_its_name_and_nothing_is_stored(
        string act,
        string body,
        int status,
        string member
    )
    {
        var id = Stack.Id(await Stack.DraftAsync(Stack.Copy("Bad acts")));
        if (act == "correct")
        {
            await Stack.PublishAsync(id);
        }
        var before = await ReadAsync($"api/articles/{id}");
        using var answer = await Stack.TryAsync(id, act, JsonNode.Parse(body));
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.NotNull((await answer.Content.ReadFromJsonAsync<JsonNode>())!["errors"]![member]);
        Assert.Equal(before.ToJsonString(), (await ReadAsync($"api/articles/{id}")).ToJsonString());
    }

    [Fact]
    public async Task The_history_says_what_happened_and_any_version_can_be_read_compared_and_had_again()
    {
        var id = Stack.Id(await Stack.DraftAsync(Stack.Copy("First words")));
        await Stack.ReviseAsync(id, Stack.Copy("Second words"));
        await Stack.ActAsync(id, "submit", new { note = "Please look." });
        await Stack.PublishAsync(id);
        await Stack.ActAsync(id, "kill", new { reason = "A hoax." });

        var first = await ReadAsync($"api/articles/{id}/history?limit=3");
        var second = await ReadAsync($"api/articles/{id}/history?limit=3&after={first["next"]}");
        var entries = first["items"]!.AsArray().Concat(second["items"]!.AsArray()).ToList();
        Assert.Equal(["drafted", "revised", "submitted", "published", "killed"], entries.Select(e => (string)e!["act"]!));
        Assert.Equal(["draft", "draft", "submitted", "published", "killed"], entries.Select(e => (string)e!["state"]!));
        Assert.Equal(["headline"], entries[1]!["changed"]!.AsArray().Select(m => (string)m!));
        Assert.Equal(("Please look.", "A hoax."), ((string?)entries[2]!["note"], (string?)entries[4]!["note"]));
        Assert.Null(second["next"]);

        Assert.Equal("First words", (string?)(await ReadAsync($"api/articles/{id}/versions/1"))["headline"]);
        var difference = Assert.Single((await ReadAsync($"api/articles/{id}/diff?from=1&to=2")).AsArray())!;
        Assert.Equal(
            ("headline", "First words", "Second words"),
            ((string?)difference["member"], (string?)difference["from"], (string?)difference["to"])
        );
        using var beyond = await Stack.Editor.GetAsync(new Uri($"api/articles/{id}/versions/99", UriKind.Relative));
        Assert.Equal(HttpStatusCode.NotFound, beyond.StatusCode);
    }

    [Fact]
    public async Task A_former_version_comes_back_as_a_revision()
    {
        var id = Stack.Id(await Stack.DraftAsync(Stack.Copy("Wanted again")));
        await Stack.ReviseAsync(id, Stack.Copy("Not so good"));
        var article = await Stack.ActAsync(id, "revert", new { version = 1 });
        Assert.Equal(("Wanted again", 3), ((string?)article["headline"], (int)article["version"]!));
    }

    [Fact]
    public async Task What_is_scheduled_happens_once_at_its_time_whatever_the_editors_do_to_the_working_copy()
    {
        var id = Stack.Id(await Stack.DraftAsync(Stack.Copy("At the hour")));
        var at = DateTimeOffset.UtcNow.AddSeconds(3);
        var scheduled = await Stack.ActAsync(id, "schedule", new { publishAt = at, unpublishAt = at.AddMilliseconds(1500) });
        Assert.Equal("scheduled", (string?)scheduled["state"]);
        await Stack.ReviseAsync(id, Stack.Copy("Not meant"));

        await Eventually.True(
            async () => (string?)(await ReadAsync($"api/articles/{id}"))["state"] == "unpublished",
            "published and taken down again"
        );
        var entries = (await ReadAsync($"api/articles/{id}/history"))["items"]!.AsArray();
        Assert.Equal(["drafted", "scheduled", "revised", "published", "unpublished"], entries.Select(e => (string)e!["act"]!));
        Assert.True((DateTimeOffset)entries[3]!["at"]! >= at.AddMilliseconds(-50), "it was public before its time");
    }

    [Fact]
    public async Task What_fell_due_while_the_service_was_down_happens_when_it_is_back()
    {
        var id = Stack.Id(await Stack.DraftAsync(Stack.Copy("While it was down")));
        var at = DateTimeOffset.UtcNow.AddSeconds(1);
        await Stack.ActAsync(id, "schedule", new { publishAt = at });
        await Stack["Publishing"].KillAsync();
        await Eventually.True(() => Task.FromResult(DateTimeOffset.UtcNow > at), "the time");
        Stack["Publishing"].Start();
        await Stack["Publishing"].ReadyAsync();
        await Eventually.True(async () => (string?)(await ReadAsync($"api/articles/{id}"))["state"] == "published", "published");
        Assert.Equal(
            ["drafted", "scheduled", "published"],
            (await ReadAsync($"api/articles/{id}/history"))["items"]!.AsArray().Select(e => (string)e!["act"]!)
        );
    }

    [Fact]
    public async Task An_address_that_editors_chose_is_taken_and_one_of_another_article_is_refused()
    {
        var copy = new
        {
            headline = "Long words of a headline",
            category = "world",
            language = "en",
            slug = "short-words",
        };
        var one = await Stack.ActAsync(Stack.Id(await Stack.DraftAsync(copy)), "publish");
        Assert.Equal("/en/world/short-words", (string?)one["url"]);
        using var two = await Stack.TryAsync(Stack.Id(await Stack.DraftAsync(copy)), "publish");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, two.StatusCode);
        Assert.NotNull((await two.Content.ReadFromJsonAsync<JsonNode>())!["errors"]!["slug"]);
    }

    [Fact]
    public async Task A_request_that_is_sent_again_under_its_key_is_answered_again_and_done_once_also_after_a_restart()
    {
        var (body, key) = (Stack.Copy("Sent again"), Guid.NewGuid().ToString());
        var first = await SendAsync("api/articles", body, key);
        var id = Stack.Id(JsonNode.Parse(first.Body)!);
        var published = await SendAsync($"api/articles/{id}/publish", null, key + "-2", "\"1\"");
        await Stack["Publishing"].KillAsync();
        Stack["Publishing"].Start();
        await Stack["Publishing"].ReadyAsync();
        Assert.Equal(first, await SendAsync("api/articles", body, key));
        Assert.Equal(published, await SendAsync($"api/articles/{id}/publish", null, key + "-2", "\"1\""));
        Assert.Equal((201, 200, 2L), (first.Status, published.Status, (long)(await ReadAsync($"api/articles/{id}"))["version"]!));
    }

    [Fact]
    public async Task Of_a_request_that_is_under_way_many_times_all_get_one_answer_in_the_end()
    {
        var key = Guid.NewGuid().ToString();
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 6)
                .Select(_ =>
                    Eventually.Get(() => SendAsync("api/articles", Stack.Copy("Impatient"), key), a => a.Status != 503, "an answer")
                )
        );
        Assert.Single(answers.Distinct());
    }

    [Fact]
    public async Task A_key_of_one_request_is_refused_for_another()
    {
        var key = Guid.NewGuid().ToString();
        await SendAsync("api/articles", Stack.Copy("The first"), key);
        var other = await SendAsync("api/articles", Stack.Copy("The second"), key);
        Assert.Equal(
            (422, "urn:newsplatform:problem:idempotency-key-reused"),
            (other.Status, (string?)JsonNode.Parse(other.Body)!["type"])
        );
    }

    async Task<(int Status, string? ETag, string? Location, string Body)> SendAsync(
        string path,
        object? body,
        string key,
        string ifMatch = "*"
    )
    {
        var request = Stack.Write(HttpMethod.Post, path, body is null ? null : JsonContent.Create(body), ifMatch);
        request.Headers.Add("Idempotency-Key", key);
        using var answer = await Stack.Editor.SendAsync(request);
        return (
            (int)answer.StatusCode,
            answer.Headers.ETag?.Tag,
            answer.Headers.Location?.ToString(),
            await answer.Content.ReadAsStringAsync()
        );
    }

    async Task<JsonNode> ReadAsync(string path) => (await Stack.Editor.GetFromJsonAsync<JsonNode>(path))!;
}
