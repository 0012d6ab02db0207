using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Publishing.Tests;

public sealed class KeysTests(PublishingService service) : IClassFixture<PublishingService>
{
    Stack Stack => service.Stack;

    static string Name() => $"key-{Guid.NewGuid():N}";

    async Task<JsonNode> MakeAsync(string role, string[]? categories = null, DateTimeOffset? expiresAt = null, string? name = null)
    {
        using var answer = await Stack.Editor.PostAsJsonAsync(
            "api/keys",
            new
            {
                name = name ?? Name(),
                role,
                categories,
                expiresAt,
            }
        );
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
    }

    HttpClient With(JsonNode key, Uri? door = null) => Stack.Bearer((string)key["secret"]!, door);

    static async Task<HttpStatusCode> LookAsync(HttpClient client)
    {
        using var answer = await client.GetAsync(new Uri($"api/articles/{Guid.Empty}", UriKind.Relative));
        return answer.StatusCode;
    }

    static Task<bool> OpensAsync(HttpClient client) =>
        LookAsync(client).ContinueWith(look => look.Result == HttpStatusCode.NotFound, TaskScheduler.Default);

    async Task<HttpStatusCode> ActAsync(HttpClient client, HttpMethod method, string path, object? body = null)
    {
        using var answer = await client.SendAsync(Stack.Write(method, path, body is null ? null : JsonContent.Create(body)));
        return answer.StatusCode;
    }

    [Fact]
    public async Task A_key_opens_from_the_moment_on_at_which_its_secret_is_said_and_the_secret_is_said_once()
    {
        using var made = await Stack.Editor.PostAsJsonAsync("api/keys", new { name = "once", role = "reporter" });
        var key = (await made.Content.ReadFromJsonAsync<JsonNode>())!;
        using var bearer = With(key);

        Assert.Equal(HttpStatusCode.NotFound, await LookAsync(bearer));
        Assert.True(made.Headers.CacheControl!.NoStore);
        var read = (await Stack.Editor.GetFromJsonAsync<JsonNode>(made.Headers.Location))!;
        Assert.Equal(
            ("once", "reporter", "active", null, null),
            ((string?)read["name"], (string?)read["role"], (string?)read["state"], (string?)read["secret"], (string?)read["expiresAt"])
        );
    }

    [Fact]
    public async Task A_secret_is_neither_stored_nor_logged()
    {
        var key = await MakeAsync("editor");
        using var bearer = With(key);
        Assert.True(await OpensAsync(bearer));
        var next = (string)
            JsonNode.Parse((await SendAsync($"api/keys/{key["id"]}/rotate", new { overlapSeconds = 60 }, Guid.NewGuid().ToString())).Body)![
                "secret"
            ]!;
        using var guessed = Stack.Bearer("np_of-somebody-who-guesses");
        Assert.Equal(HttpStatusCode.Unauthorized, await LookAsync(guessed));

        var stored = await Stack.QueryAsync(
            "Publishing",
            "select data::text from mt_events union all select data::text from mt_doc_key union all select data::text from mt_doc_answer"
        );
        Assert.All([(string)key["secret"]!, next], secret =>
        {
            Assert.DoesNotContain(stored, row => row!.Contains(secret[3..], StringComparison.Ordinal));
            Assert.DoesNotContain(Stack["Publishing"].Output, line => line.Contains(secret[3..], StringComparison.Ordinal));
        });
        Assert.DoesNotContain(Stack["Publishing"].Output, line => line.Contains(Stack.AdminKey, StringComparison.Ordinal));
    }

    async Task<(HttpStatusCode Status, string? Location, bool NoStore, string Body)> SendAsync(
        string path,
        object body,
        string idempotencyKey
    )
    {
        var request = Stack.Write(HttpMethod.Post, path, JsonContent.Create(body));
        request.Headers.Add("Idempotency-Key", idempotencyKey);
        using var answer = await Stack.Editor.SendAsync(request);
        return (
            answer.StatusCode,
            answer.Headers.Location?.ToString(),
            answer.Headers.CacheControl?.NoStore ?? false,
            await answer.Content.ReadAsStringAsync()
        );
    }

    [Fact]
    public async Task A_request_for_a_secret_that_is_sent_again_gets_the_same_secret_also_after_a_restart()
    {
        var (body, made, turned) = (new { name = Name(), role = "editor" }, Guid.NewGuid().ToString(), Guid.NewGuid().ToString());
        var answer = await SendAsync("api/keys", body, made);
        var id = (string)JsonNode.Parse(answer.Body)!["id"]!;
        Assert.Equal((HttpStatusCode.Created, $"/api/keys/{id}", true), (answer.Status, answer.Location, answer.NoStore));
        var rotated = await SendAsync($"api/keys/{id}/rotate", new { overlapSeconds = 60 }, turned);

        await Stack["Publishing"].KillAsync();
        Stack["Publishing"].Start();
        await Stack["Publishing"].ReadyAsync();

        Assert.Equal(
            answer,
            await Eventually.Get(() => SendAsync("api/keys", body, made), a => a.Status == HttpStatusCode.Created, "an answer")
        );
        Assert.Equal(rotated, await SendAsync($"api/keys/{id}/rotate", new { overlapSeconds = 60 }, turned));
        using var bearer = Stack.Bearer((string)JsonNode.Parse(rotated.Body)!["secret"]!);
        Assert.True(await OpensAsync(bearer));
        Assert.Equal(
            HttpStatusCode.UnprocessableEntity,
            (await SendAsync("api/keys", new { name = Name(), role = "editor" }, made)).Status
        );
    }

    [Fact]
    public async Task What_opens_a_stored_secret_is_not_to_be_guessed()
    {
        var name = Name();
        var refused = await SendAsync("api/keys", new { name, role = "editor" }, "1234567890123456789012345678901");
        Assert.Equal(HttpStatusCode.BadRequest, refused.Status);
        Assert.Contains("Idempotency-Key", (string)JsonNode.Parse(refused.Body)!["detail"]!, StringComparison.Ordinal);
        Assert.DoesNotContain(await Stack.QueryAsync("Publishing", "select data ->> 'name' from mt_doc_key"), stored => stored == name);
    }

    [Theory]
    [InlineData("subscriber", 403, 403, 403, 403)]
    [InlineData("reporter", 201, 200, 403, 403)]
    [InlineData("editor", 201, 200, 200, 403)]
    [InlineData("admin", 201, 200, 200, 200)]
    public async Task A_role_may_do_what_is_its_own_and_no_more(string role, int draft, int revise, int publish, int keys)
    {
        var id = Stack.Id(await Stack.DraftAsync(Stack.Copy($"Of a {role}")));
        using var bearer = With(await MakeAsync(role));
        Assert.Equal(draft, (int)await ActAsync(bearer, HttpMethod.Post, "api/articles", Stack.Copy("Mine")));
        Assert.Equal(revise, (int)await ActAsync(bearer, HttpMethod.Put, $"api/articles/{id}", Stack.Copy("Revised")));
        Assert.Equal(publish, (int)await ActAsync(bearer, HttpMethod.Post, $"api/articles/{id}/publish"));
        Assert.Equal(keys, (int)await ActAsync(bearer, HttpMethod.Get, "api/keys"));
    }

    [Fact]
    public async Task Who_may_not_is_told_which_role_it_takes()
    {
        using var reporter = With(await MakeAsync("reporter", name: "told"));
        using var answer = await reporter.GetAsync(new Uri("api/keys", UriKind.Relative));
        var problem = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
        Assert.Equal(
            (HttpStatusCode.Forbidden, "application/problem+json"),
            (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType)
        );
        Assert.Equal("urn:newsplatform:problem:forbidden", (string?)problem["type"]);
        Assert.Equal("key:told may not do this; it takes the role admin.", (string?)problem["detail"]);
        Assert.Contains("insufficient_scope", answer.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_revoked_key_stops_at_once_and_for_good()
    {
        var key = await MakeAsync("reporter");
        using var bearer = With(key);
        Assert.True(await OpensAsync(bearer));
        Assert.Equal(HttpStatusCode.NoContent, await ActAsync(Stack.Editor, HttpMethod.Delete, $"api/keys/{key["id"]}"));
        Assert.Equal(HttpStatusCode.Unauthorized, await LookAsync(bearer));
        Assert.Equal(HttpStatusCode.NoContent, await ActAsync(Stack.Editor, HttpMethod.Delete, $"api/keys/{key["id"]}"));
        Assert.Equal(HttpStatusCode.NotFound, await ActAsync(Stack.Editor, HttpMethod.Delete, $"api/keys/{Guid.NewGuid()}"));
        Assert.Equal(HttpStatusCode.Conflict, await ActAsync(Stack.Editor, HttpMethod.Post, $"api/keys/{key["id"]}/rotate"));
        Assert.Equal("revoked", (string?)(await Stack.Editor.GetFromJsonAsync<JsonNode>($"api/keys/{key["id"]}"))!["state"]);
    }

    [Fact]
    public async Task A_revoked_key_stops_also_in_an_import_that_goes_on()
    {
        var key = await MakeAsync("editor");
        using var bearer = With(key);
        var lines = Channel.CreateUnbounded<byte[]>();
        using var request = Stack.Write(HttpMethod.Post, "api/import", new ImportTests.Pushed(lines.Reader));
        var sending = bearer.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        Task SayAsync() =>
            lines
                .Writer.WriteAsync(
                    Encoding.UTF8.GetBytes($"{{\"headline\":\"{Guid.NewGuid()}\",\"category\":\"world\",\"language\":\"en\"}}\n")
                )
                .AsTask();

        await SayAsync();
        using var answer = await sending;
        using var results = new StreamReader(await answer.Content.ReadAsStreamAsync());
        Assert.Equal("imported", (string?)JsonNode.Parse((await results.ReadLineAsync())!)!["outcome"]);
        await ActAsync(Stack.Editor, HttpMethod.Delete, $"api/keys/{key["id"]}");
        await SayAsync();
        var refused = JsonNode.Parse((await results.ReadLineAsync())!)!;
        Assert.Equal("rejected", (string?)refused["outcome"]);
        Assert.EndsWith("the key is unknown or revoked", (string?)refused["reason"], StringComparison.Ordinal);
        lines.Writer.Complete();
    }

    [Fact]
    public async Task A_key_made_or_revoked_on_one_instance_is_so_on_the_other_too()
    {
        await using var other = await Stack.StartReplicaAsync("Publishing");
        var key = await MakeAsync("reporter");
        using var bearer = With(key, other.Address);
        await Eventually.True(() => OpensAsync(bearer), "the other instance knows the key");
        await ActAsync(Stack.Editor, HttpMethod.Delete, $"api/keys/{key["id"]}");
        await Eventually.Get(
            () => LookAsync(bearer),
            status => status == HttpStatusCode.Unauthorized,
            "the other instance knows that it is revoked"
        );
    }

    [Fact]
    public async Task A_key_stops_when_it_expires()
    {
        var key = await MakeAsync("reporter", expiresAt: DateTimeOffset.UtcNow.AddSeconds(2));
        using var bearer = With(key);
        Assert.True(await OpensAsync(bearer));
        await Eventually.Get(() => LookAsync(bearer), status => status == HttpStatusCode.Unauthorized, "the key expires");
        using var refused = await bearer.GetAsync(new Uri($"api/articles/{Guid.Empty}", UriKind.Relative));
        Assert.Contains("the key has expired", refused.Headers.WwwAuthenticate.ToString(), StringComparison.Ordinal);
        Assert.Equal("expired", (string?)(await Stack.Editor.GetFromJsonAsync<JsonNode>($"api/keys/{key["id"]}"))!["state"]);
    }

    [Fact]
    public async Task A_rotated_key_has_two_secrets_until_the_overlap_ends()
    {
        var key = await MakeAsync("reporter");
        using var before = With(key);
        using var answer = await Stack.Editor.PostAsJsonAsync($"api/keys/{key["id"]}/rotate", new { overlapSeconds = 2 });
        var rotated = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
        using var after = With(rotated);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.NotNull((string?)rotated["oldSecretUntil"]);
        Assert.True(await OpensAsync(before) && await OpensAsync(after));
        await Eventually.Get(() => LookAsync(before), status => status == HttpStatusCode.Unauthorized, "the old secret ends");
        Assert.True(await OpensAsync(after));
    }

    [Fact]
    public async Task Rotation_without_overlap_ends_the_old_secret_at_once()
    {
        var key = await MakeAsync("reporter");
        using var before = With(key);
        using var answer = await Stack.Editor.PostAsJsonAsync($"api/keys/{key["id"]}/rotate", new { overlapSeconds = 0 });
        using var after = With((await answer.Content.ReadFromJsonAsync<JsonNode>())!);
        Assert.Equal((HttpStatusCode.Unauthorized, HttpStatusCode.NotFound), (await LookAsync(before), await LookAsync(after)));
    }

    [Fact]
    public async Task The_last_use_is_remembered_to_the_minute()
    {
        var key = await MakeAsync("reporter");
        using var bearer = With(key);
        Assert.Null((string?)key["lastUsedAt"]);
        await OpensAsync(bearer);
        Task<DateTimeOffset?> LastAsync() =>
            Stack
                .Editor.GetFromJsonAsync<JsonNode>($"api/keys/{key["id"]}")
                .ContinueWith(k => (DateTimeOffset?)k.Result!["lastUsedAt"], TaskScheduler.Default);
        var first = await Eventually.Get(LastAsync, at => at is not null, "the last use is written");
        Assert.InRange(first!.Value, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow);

        // Another key's use is written after this one's second, which then was not.
        await OpensAsync(bearer);
        var other = await MakeAsync("reporter");
        using var last = With(other);
        await OpensAsync(last);
        await Eventually.True(
            async () => (string?)(await Stack.Editor.GetFromJsonAsync<JsonNode>($"api/keys/{other["id"]}"))!["lastUsedAt"] is not null,
            "the other's use is written"
        );
        Assert.Equal(first, await LastAsync());
    }

    [Fact]
    public async Task A_key_of_some_categories_acts_on_no_article_of_another_before_or_after()
    {
        var world = Stack.Id(await Stack.DraftAsync(Stack.Copy("Abroad", "world")));
        using var sport = With(await MakeAsync("editor", ["sport", "culture"]));
        using var drafted = await sport.PostAsJsonAsync("api/articles", Stack.Copy("Match", "sport"));
        var id = Stack.Id((await drafted.Content.ReadFromJsonAsync<JsonNode>())!);

        Assert.Equal(
            HttpStatusCode.OK,
            await ActAsync(sport, HttpMethod.Put, $"api/articles/{id}", Stack.Copy("Match and play", "culture"))
        );
        Assert.Equal(HttpStatusCode.OK, await ActAsync(sport, HttpMethod.Post, $"api/articles/{id}/publish"));
        Assert.Equal(HttpStatusCode.Forbidden, await ActAsync(sport, HttpMethod.Put, $"api/articles/{id}", Stack.Copy("Match", "world")));
        Assert.Equal(
            HttpStatusCode.Forbidden,
            await ActAsync(sport, HttpMethod.Put, $"api/articles/{world}", Stack.Copy("Abroad", "sport"))
        );
        Assert.Equal(HttpStatusCode.Forbidden, await ActAsync(sport, HttpMethod.Post, $"api/articles/{world}/publish"));
        Assert.Equal(HttpStatusCode.Forbidden, await ActAsync(sport, HttpMethod.Get, $"api/articles/{world}"));

        using var refused = await sport.PostAsJsonAsync("api/articles", Stack.Copy("Abroad", "world"));
        var problem = (await refused.Content.ReadFromJsonAsync<JsonNode>())!;
        Assert.Equal(
            (403, "urn:newsplatform:problem:forbidden", "world"),
            ((int)refused.StatusCode, (string?)problem["type"], (string?)problem["category"])
        );
    }

    [Fact]
    public async Task What_readers_have_of_an_article_counts_as_well_as_its_working_copy()
    {
        var id = await Stack.PublishAsync(Stack.Copy("Was abroad", "world"));
        await Stack.ReviseAsync(id, Stack.Copy("Is sport", "sport"));
        using var sport = With(await MakeAsync("editor", ["sport"]));
        Assert.Equal(HttpStatusCode.Forbidden, await ActAsync(sport, HttpMethod.Post, $"api/articles/{id}/publish"));
    }

    [Fact]
    public async Task Of_an_import_by_a_key_of_some_categories_the_lines_of_others_are_rejected()
    {
        using var sport = With(await MakeAsync("editor", ["sport"]));
        var lines =
            "{\"headline\":\"Goal\",\"category\":\"sport\",\"language\":\"en\"}\n"
            + "{\"headline\":\"War\",\"category\":\"world\",\"language\":\"en\"}\n";
        using var answer = await sport.PostAsync(
            new Uri("api/import?publish=true", UriKind.Relative),
            new StringContent(lines, Encoding.UTF8, "application/x-ndjson")
        );
        var results = (await answer.Content.ReadAsStringAsync())
            .Split('\n', StringSplitOptions.RemoveEmptyEntries)
            .Select(line => JsonNode.Parse(line)!)
            .ToArray();
        Assert.Equal(["imported", "rejected"], results.Select(r => (string?)r["outcome"]));
        Assert.Contains("category world", (string?)results[1]["reason"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_event_carries_who_it_came_from()
    {
        using var wire = With(await MakeAsync("editor", name: "wire"));
        using var drafted = await wire.PostAsJsonAsync("api/articles", Stack.Copy("By wire"));
        var id = Stack.Id((await drafted.Content.ReadFromJsonAsync<JsonNode>())!);
        await Stack.PublishAsync(id);
        Assert.Equal(
            ["key:wire", "key:admin"],
            await Stack.QueryAsync("Publishing", $"select user_name from mt_events where stream_id = '{id}' order by version")
        );
    }

    [Theory]
    [InlineData("{\"role\":\"editor\"}", 422, "name")]
    [InlineData("{\"name\":\"Two words\",\"role\":\"editor\"}", 422, "name")]
    [InlineData("{\"name\":\"admin\",\"role\":\"editor\"}", 422, "name")]
    [InlineData("{\"name\":\"a\"}", 422, "role")]
    [InlineData("{\"name\":\"a\",\"role\":\"owner\"}", 422, "role")]
    [InlineData("{\"name\":\"a\",\"role\":\"editor\",\"categories\":[\"gossip\"]}", 422, "categories[0]")]
    [InlineData("{\"name\":\"a\",\"role\":\"editor\",\"categories\":[null]}", 422, "categories[0]")]
    [InlineData("{\"name\":\"a\",\"role\":\"editor\",\"categories\":[\"sport\",\"sport\"]}", 422, "categories")]
    [InlineData("{\"name\":\"a\",\"role\":\"admin\",\"categories\":[\"sport\"]}", 422, "categories")]
    [InlineData("{\"name\":\"a\",\"role\":\"editor\",\"expiresAt\":\"2001-01-01T00:00:00Z\"}", 422, "expiresAt")]
    [InlineData("{\"name\":\"a\",\"role\":\"editor\",\"expiresAt\":\"2901-01-01T00:00:00Z\"}", 422, "expiresAt")]
    [InlineData("{\"name\":\"a\",\"role\":\"editor\",\"expiresAt\":\"tomorrow\"}", 400, "expiresAt")]
    [InlineData("{\"name\":\"a\",\"role\":\"editor\",\"secret\":\"mine\"}", 400, "secret")]
    public async Task A_bad_key_is_refused_by_the_name_of_what_is_wrong(string body, int status, string member)
    {
        using var answer = await Stack.Editor.PostAsync(
            new Uri("api/keys", UriKind.Relative),
            new StringContent(body, Encoding.UTF8, "application/json")
        );
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.NotNull((await answer.Content.ReadFromJsonAsync<JsonNode>())!["errors"]![member]);
    }

    [Fact]
    public async Task An_overlap_is_from_none_to_thirty_days()
    {
        var key = await MakeAsync("reporter");
        foreach (var seconds in new[] { -1, 2_592_001 })
        {
            using var answer = await Stack.Editor.PostAsJsonAsync($"api/keys/{key["id"]}/rotate", new { overlapSeconds = seconds });
            Assert.Equal(HttpStatusCode.UnprocessableEntity, answer.StatusCode);
            Assert.NotNull((await answer.Content.ReadFromJsonAsync<JsonNode>())!["errors"]!["overlapSeconds"]);
        }
    }

    [Fact]
    public async Task A_name_is_one_key_s_until_that_is_revoked()
    {
        var key = await MakeAsync("reporter", name: "desk");
        using var again = await Stack.Editor.PostAsJsonAsync("api/keys", new { name = "desk", role = "reporter" });
        Assert.Equal(HttpStatusCode.UnprocessableEntity, again.StatusCode);
        Assert.NotNull((await again.Content.ReadFromJsonAsync<JsonNode>())!["errors"]!["name"]);
        await ActAsync(Stack.Editor, HttpMethod.Delete, $"api/keys/{key["id"]}");
        await MakeAsync("reporter", name: "desk");
    }

    [Fact]
    public async Task Of_two_who_take_a_name_at_the_same_moment_one_gets_it()
    {
        var name = Name();
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 6).Select(_ => Stack.Editor.PostAsJsonAsync("api/keys", new { name, role = "reporter" }))
        );
        Assert.Equal(1, answers.Count(a => a.StatusCode == HttpStatusCode.Created));
        Assert.Equal(5, answers.Count(a => a.StatusCode == HttpStatusCode.UnprocessableEntity));
    }

    [Fact]
    public async Task The_list_of_keys_comes_by_pages_and_has_each_once_the_newest_first()
    {
        var made = new List<Guid>();
        for (var i = 0; i < 5; i++)
        {
            made.Insert(0, Stack.Id(await MakeAsync("reporter")));
        }
        var seen = new List<JsonNode>();
        string? after = null;
        do
        {
            var page = (await Stack.Editor.GetFromJsonAsync<JsonNode>($"api/keys?limit=2{(after is null ? "" : $"&after={after}")}"))!;
            Assert.InRange(page["items"]!.AsArray().Count, 1, 2);
            seen.AddRange(page["items"]!.AsArray().Select(item => item!));
            after = (string?)page["next"];
        } while (after is not null);
        Assert.Equal(seen.Count, seen.Select(Stack.Id).Distinct().Count());
        Assert.Equal(made, seen.Select(Stack.Id).Where(made.Contains));
        Assert.All(seen, key => Assert.Null(key["secret"]));
    }

    [Theory]
    [InlineData("limit=0")]
    [InlineData("limit=201")]
    [InlineData("after=nonsense")]
    [InlineData("state=active")]
    public async Task A_list_that_cannot_be_meant_is_refused(string query)
    {
        using var answer = await Stack.Editor.GetAsync(new Uri($"api/keys?{query}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
    }

    [Fact]
    public async Task Keys_outlive_a_restart_of_the_service()
    {
        await using var own = await Stack.StartAsync(Stack.Servers, null, "Publishing");
        using var answer = await own.Editor.PostAsJsonAsync("api/keys", new { name = "lasting", role = "reporter" });
        using var bearer = own.Bearer((string)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["secret"]!);
        var schema = await own.QueryAsync("Publishing", "select oid from pg_class where relname = 'key_name'");
        await own["Publishing"].KillAsync();
        own["Publishing"].Start();
        await own["Publishing"].ReadyAsync();
        Assert.Equal(HttpStatusCode.NotFound, await LookAsync(bearer));
        Assert.Equal(schema, await own.QueryAsync("Publishing", "select oid from pg_class where relname = 'key_name'"));
    }
}
