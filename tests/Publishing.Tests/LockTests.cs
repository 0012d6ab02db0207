using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Publishing.Tests;

public sealed class LockTests(PublishingService service) : IClassFixture<PublishingService>
{
    Stack Stack => service.Stack;

    async Task<(string Name, HttpClient Client)> MakeAsync(string role, params string[] categories)
    {
        var name = $"locks-{Guid.NewGuid():N}";
        using var answer = await Stack.Editor.PostAsJsonAsync(
            "api/keys",
            new
            {
                name,
                role,
                categories,
            }
        );
        return ($"key:{name}", Stack.Bearer((string)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["secret"]!));
    }

    static async Task<(HttpStatusCode Status, JsonNode? Body)> SendAsync(HttpClient who, HttpMethod method, Guid id, string query = "")
    {
        using var answer = await who.SendAsync(
            new(method, $"api/articles/{id}/lock{query}") { Version = who.DefaultRequestVersion, VersionPolicy = who.DefaultVersionPolicy }
        );
        return (
            answer.StatusCode,
            answer.StatusCode == HttpStatusCode.NoContent ? null : await answer.Content.ReadFromJsonAsync<JsonNode>()
        );
    }

    async Task<Guid> DraftAsync(string headline, string category = "world") =>
        Stack.Id(await Stack.DraftAsync(Stack.Copy(headline, category)));

    async Task<string?> HolderAsync(Guid id) =>
        (string?)(await Stack.Editor.GetFromJsonAsync<JsonNode>($"api/articles/{id}"))!["lock"]?["holder"];

    [Fact]
    public async Task Who_takes_a_lock_is_told_until_when_and_everybody_sees_it_until_it_is_given_back()
    {
        var id = await DraftAsync("Locked and given back");
        var (_, taken) = await SendAsync(Stack.Editor, HttpMethod.Put, id);
        Assert.Equal("key:admin", (string?)taken!["holder"]);
        Assert.Equal(TimeSpan.FromMinutes(5), (DateTimeOffset)taken["until"]! - (DateTimeOffset)taken["since"]!);
        Assert.Equal("key:admin", await HolderAsync(id));
        var listed = (await Stack.Editor.GetFromJsonAsync<JsonNode>("api/articles?q=locked%20given"))!["items"]!.AsArray().Single()!;
        Assert.Equal(taken.ToJsonString(), listed["lock"]!.ToJsonString());

        var (_, extended) = await SendAsync(Stack.Editor, HttpMethod.Put, id, "?minutes=60");
        Assert.Equal((string?)taken["since"], (string?)extended!["since"]);
        Assert.True((DateTimeOffset)extended["until"]! > (DateTimeOffset)taken["until"]!);

        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(Stack.Editor, HttpMethod.Delete, id)).Status);
        Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(Stack.Editor, HttpMethod.Delete, id)).Status);
        Assert.Null(await HolderAsync(id));
        Assert.Null((await Stack.Editor.GetFromJsonAsync<JsonNode>("api/articles?q=locked%20given"))!["items"]![0]!["lock"]);
    }

    [Fact]
    public async Task A_lock_that_another_one_holds_is_423_with_who_and_until_and_only_an_editor_breaks_it()
    {
        var id = await DraftAsync("Held");
        var (reporterName, reporter) = await MakeAsync("reporter");
        var (otherName, other) = await MakeAsync("reporter");
        var (editorName, editor) = await MakeAsync("editor");
        using (reporter)
        using (other)
        using (editor)
        {
            var (_, taken) = await SendAsync(reporter, HttpMethod.Put, id);
            var (status, problem) = await SendAsync(other, HttpMethod.Put, id);
            Assert.Equal(
                (HttpStatusCode.Locked, "urn:newsplatform:problem:locked", reporterName, (string?)taken!["until"]),
                (status, (string?)problem!["type"], (string?)problem["holder"], (string?)problem["until"])
            );
            Assert.Equal(HttpStatusCode.Locked, (await SendAsync(other, HttpMethod.Delete, id)).Status);
            Assert.Equal(HttpStatusCode.Locked, (await SendAsync(editor, HttpMethod.Put, id)).Status);
            Assert.Equal(HttpStatusCode.Locked, (await SendAsync(editor, HttpMethod.Put, id, "?break=false")).Status);
            var (forbidden, why) = await SendAsync(other, HttpMethod.Put, id, "?break=true");
            Assert.Equal(
                (HttpStatusCode.Forbidden, $"{otherName} may not break a lock; it takes the role editor or admin."),
                (forbidden, (string?)why!["detail"])
            );
            Assert.Equal(reporterName, await HolderAsync(id));

            Assert.Equal(HttpStatusCode.OK, (await SendAsync(editor, HttpMethod.Put, id, "?break=true&minutes=1")).Status);
            Assert.Equal(editorName, await HolderAsync(id));
            Assert.Equal(HttpStatusCode.Locked, (await SendAsync(reporter, HttpMethod.Put, id)).Status);
        }
    }

    [Fact]
    public async Task Of_many_who_want_a_lock_at_once_one_has_it_and_the_others_are_told_who()
    {
        var id = await DraftAsync("Wanted");
        var takers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => MakeAsync("reporter")));
        for (var round = 0; round < 3; round++)
        {
            var answers = await Task.WhenAll(takers.Select(taker => SendAsync(taker.Client, HttpMethod.Put, id)));
            var winner = Assert.Single(answers, a => a.Status == HttpStatusCode.OK);
            var losers = answers.Where(a => a.Status == HttpStatusCode.Locked).ToArray();
            Assert.Equal(11, losers.Length);
            Assert.All(losers, loser => Assert.Equal((string?)winner.Body!["holder"], (string?)loser.Body!["holder"]));
            Assert.Equal((string?)winner.Body!["holder"], await HolderAsync(id));
            // The last round is of those who want one that is over.
            await Stack.ExecuteAsync(
                "Publishing",
                round == 0
                    ? $"delete from article_lock where article_id = '{id}'"
                    : $"update article_lock set until = now() - interval '1 minute' where article_id = '{id}'"
            );
        }
        foreach (var (_, client) in takers)
        {
            client.Dispose();
        }
    }

    [Fact]
    public async Task A_lock_that_is_over_is_nobodys_and_is_swept_away_when_another_is_taken()
    {
        var (id, next) = (await DraftAsync("Over"), await DraftAsync("Next"));
        await SendAsync(Stack.Editor, HttpMethod.Put, id);
        await Stack.ExecuteAsync("Publishing", $"update article_lock set until = now() - interval '1 second' where article_id = '{id}'");
        Assert.Null(await HolderAsync(id));
        var (_, reporter) = await MakeAsync("reporter");
        using (reporter)
        {
            Assert.Equal(HttpStatusCode.NoContent, (await SendAsync(reporter, HttpMethod.Delete, id)).Status);
            await SendAsync(Stack.Editor, HttpMethod.Put, id);
            await Stack.ExecuteAsync(
                "Publishing",
                $"update article_lock set until = now() - interval '1 second' where article_id = '{id}'"
            );
            Assert.Equal(HttpStatusCode.OK, (await SendAsync(reporter, HttpMethod.Put, next)).Status);
            Assert.Empty(await Stack.QueryAsync("Publishing", $"select 1 from article_lock where article_id = '{id}'"));
            Assert.Equal(HttpStatusCode.OK, (await SendAsync(reporter, HttpMethod.Put, id)).Status);
        }
    }

    [Fact]
    public async Task A_lock_stops_nobody_from_writing()
    {
        var id = await DraftAsync("Advised");
        var (name, reporter) = await MakeAsync("reporter");
        using (reporter)
        {
            await SendAsync(reporter, HttpMethod.Put, id);
            Assert.Equal(2, (long)(await Stack.ReviseAsync(id, Stack.Copy("Advised, and written")))["version"]!);
            await Stack.PublishAsync(id);
            Assert.Equal(name, await HolderAsync(id));
        }
    }

    [Theory]
    [InlineData("?minutes=0", "minutes")]
    [InlineData("?minutes=61", "minutes")]
    [InlineData("?minutes=soon", "minutes")]
    [InlineData("?break=yes", "break")]
    [InlineData("?force=true", "force")]
    public async Task A_bad_parameter_is_refused_by_its_name_and_takes_nothing(string query, string parameter)
    {
        var id = await DraftAsync("Not locked");
        var (status, problem) = await SendAsync(Stack.Editor, HttpMethod.Put, id, query);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.NotNull(problem!["errors"]![parameter]);
        Assert.Null(await HolderAsync(id));
    }

    [Fact]
    public async Task What_there_is_not_what_is_killed_and_what_is_of_another_category_cannot_be_locked()
    {
        var killed = await DraftAsync("Killed");
        await Stack.ActAsync(killed, "kill", new { reason = "Wrong" });
        var sport = await DraftAsync("Sport", "sport");
        var (_, world) = await MakeAsync("reporter", "world");
        using (world)
        {
            Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(Stack.Editor, HttpMethod.Put, Guid.NewGuid())).Status);
            Assert.Equal(HttpStatusCode.NotFound, (await SendAsync(Stack.Editor, HttpMethod.Delete, Guid.NewGuid())).Status);
            Assert.Equal(HttpStatusCode.Conflict, (await SendAsync(Stack.Editor, HttpMethod.Put, killed)).Status);
            Assert.Equal(HttpStatusCode.Forbidden, (await SendAsync(world, HttpMethod.Put, sport)).Status);
            Assert.Equal(HttpStatusCode.Unauthorized, (await SendAsync(Stack.Reader, HttpMethod.Put, sport)).Status);
        }
    }
}
