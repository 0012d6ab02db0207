using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Publishing.Tests;

/// <summary>What belongs to a key is its own and not its name's, and ends with it.</summary>
public sealed class OwnershipTests(PublishingService service) : IClassFixture<PublishingService>
{
    Stack Stack => service.Stack;

    static async Task<HttpStatusCode> LockAsync(HttpClient who, HttpMethod method, Guid id)
    {
        using var answer = await who.SendAsync(
            new(method, $"api/articles/{id}/lock") { Version = who.DefaultRequestVersion, VersionPolicy = who.DefaultVersionPolicy }
        );
        return answer.StatusCode;
    }

    async Task<string?> HolderAsync(Guid id, HttpClient? who = null) =>
        (string?)(await (who ?? Stack.Editor).GetFromJsonAsync<JsonNode>($"api/articles/{id}"))!["lock"]?["holder"];

    async Task<(int Status, string Body)> SendAsync(HttpClient who, string path, object? body, string idempotencyKey)
    {
        using var request = Stack.Write(HttpMethod.Post, path, body is null ? null : JsonContent.Create(body));
        request.Headers.Add("Idempotency-Key", idempotencyKey);
        using var answer = await who.SendAsync(request);
        return ((int)answer.StatusCode, await answer.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task A_lock_ends_with_its_key_on_every_instance_and_is_not_the_next_one_s_of_that_name()
    {
        await using var other = await Stack.StartReplicaAsync("Publishing");
        var id = Stack.Id(await Stack.DraftAsync(Stack.Copy("Whose lock")));
        using var first = await Stack.KeyAsync("reporter", name: "lock-desk");
        using var elsewhere = Stack.Bearer(Stack.AdminKey, other.Address);
        Assert.Equal(HttpStatusCode.OK, await LockAsync(first.Client, HttpMethod.Put, id));
        Assert.Equal((first.Name, first.Name), (await HolderAsync(id), await HolderAsync(id, elsewhere)));

        await Stack.RevokeAsync(first);
        Assert.Equal((null, null), (await HolderAsync(id), await HolderAsync(id, elsewhere)));
        Assert.Empty(await Stack.QueryAsync("Publishing", $"select 1 from article_lock where article_id = '{id}'"));

        // What a request that was under way meanwhile stored after all is no lock either.
        await Stack.ExecuteAsync(
            "Publishing",
            $"insert into article_lock (article_id, holder, holder_id, since, until) values ('{id}', "
                + $"'{first.Name}', '{first.Owner}', now(), now() + interval '1 hour')"
        );
        Assert.Equal((null, null), (await HolderAsync(id), await HolderAsync(id, elsewhere)));
        var listed = (await Stack.Editor.GetFromJsonAsync<JsonNode>("api/articles?q=whose%20lock"))!["items"]!.AsArray().Single()!;
        Assert.Null(listed["lock"]);
        using var again = await Stack.KeyAsync("reporter", name: "lock-desk");
        using var reporter = await Stack.KeyAsync("reporter");
        Assert.Equal(HttpStatusCode.OK, await LockAsync(reporter.Client, HttpMethod.Put, id));
        Assert.Equal(
            (HttpStatusCode.Locked, HttpStatusCode.Locked),
            (await LockAsync(again.Client, HttpMethod.Put, id), await LockAsync(again.Client, HttpMethod.Delete, id))
        );
    }

    [Fact]
    public async Task Of_two_keys_of_one_name_neither_has_the_other_s_lock()
    {
        var id = Stack.Id(await Stack.DraftAsync(Stack.Copy("Same name")));
        using var key = await Stack.KeyAsync("reporter", name: "same-name");
        // As another key of that name, one that is good, would have stored it.
        await Stack.ExecuteAsync(
            "Publishing",
            $"insert into article_lock (article_id, holder, holder_id, since, until) values ('{id}', '{key.Name}',"
                + $" 'key:{Guid.NewGuid()}', now(), now() + interval '1 hour')"
        );
        Assert.Equal(
            (HttpStatusCode.Locked, HttpStatusCode.Locked),
            (await LockAsync(key.Client, HttpMethod.Put, id), await LockAsync(key.Client, HttpMethod.Delete, id))
        );
    }

    [Fact]
    public async Task A_lock_ends_when_its_key_expires()
    {
        var id = Stack.Id(await Stack.DraftAsync(Stack.Copy("Expiring lock")));
        using var key = await Stack.KeyAsync("reporter", expiresAt: DateTimeOffset.UtcNow.AddSeconds(3));
        Assert.Equal(HttpStatusCode.OK, await LockAsync(key.Client, HttpMethod.Put, id));
        Assert.Equal(key.Name, await HolderAsync(id));
        await Eventually.True(async () => await HolderAsync(id) is null, "the lock ends with its key");
        using var reporter = await Stack.KeyAsync("reporter");
        Assert.Equal(HttpStatusCode.OK, await LockAsync(reporter.Client, HttpMethod.Put, id));
    }

    [Fact]
    public async Task A_lock_that_an_older_release_took_is_over()
    {
        var id = Stack.Id(await Stack.DraftAsync(Stack.Copy("Older lock")));
        using var key = await Stack.KeyAsync("reporter");
        await Stack.ExecuteAsync(
            "Publishing",
            $"insert into article_lock (article_id, holder, since, until) values ('{id}', 'key:somebody', now(), now() + interval '1 hour')"
        );
        Assert.Null(await HolderAsync(id));
        Assert.Equal(HttpStatusCode.OK, await LockAsync(key.Client, HttpMethod.Put, id));
        Assert.Equal(key.Name, await HolderAsync(id));
    }

    [Fact]
    public async Task The_table_of_locks_of_an_older_release_is_carried_over_with_the_locks_in_it()
    {
        await using var own = await Stack.StartAsync(Stack.Servers, null, "Publishing");
        var id = Stack.Id(await own.DraftAsync(Stack.Copy("Carried over")));
        await own["Publishing"].KillAsync();
        await own.ExecuteAsync(
            "Publishing",
            $"alter table article_lock drop column holder_id; insert into article_lock (article_id, holder, since,"
                + $" until) values ('{id}', 'key:admin', now(), now() + interval '1 hour')"
        );
        own["Publishing"].Start();
        await own["Publishing"].ReadyAsync();
        Assert.Equal(HttpStatusCode.OK, await LockAsync(own.Editor, HttpMethod.Put, id));
    }

    [Fact]
    public async Task A_repeated_Idempotency_Key_is_answered_to_the_key_that_sent_it_and_to_no_other_of_its_name()
    {
        var (copy, repeat) = (Stack.Copy("Of the first desk", "culture"), Guid.NewGuid().ToString());
        using var first = await Stack.KeyAsync("reporter", ["culture"], "repeat-desk");
        var drafted = await SendAsync(first.Client, "api/articles", copy, repeat);
        Assert.Equal((201, drafted), (drafted.Status, await SendAsync(first.Client, "api/articles", copy, repeat)));

        await Stack.RevokeAsync(first);
        Assert.Equal(401, (await SendAsync(first.Client, "api/articles", copy, repeat)).Status);
        using var second = await Stack.KeyAsync("reporter", ["sport"], "repeat-desk");
        Assert.Equal(403, (await SendAsync(second.Client, "api/articles", copy, repeat)).Status);
        await Stack.RevokeAsync(second);
        // One that may read what the first one drafted, and has its name.
        using var third = await Stack.KeyAsync("reporter", ["culture"], "repeat-desk");
        using var fourth = await Stack.KeyAsync("reporter");
        var ids = new HashSet<string> { (string)JsonNode.Parse(drafted.Body)!["id"]! };
        foreach (var other in new[] { third, fourth })
        {
            var another = await SendAsync(other.Client, "api/articles", copy, repeat);
            Assert.Equal((201, true), (another.Status, ids.Add((string)JsonNode.Parse(another.Body)!["id"]!)));
        }
    }

    [Fact]
    public async Task What_an_article_was_answered_with_is_told_again_only_while_it_may_be_read()
    {
        using var sport = await Stack.KeyAsync("editor", ["sport"]);
        var (copy, drafting, publishing) = (
            Stack.Copy("Goes to another desk", "sport"),
            Guid.NewGuid().ToString(),
            Guid.NewGuid().ToString()
        );
        var drafted = await SendAsync(sport.Client, "api/articles", copy, drafting);
        var id = Stack.Id(JsonNode.Parse(drafted.Body)!);
        var published = await SendAsync(sport.Client, $"api/articles/{id}/publish", null, publishing);
        Assert.Equal(published, await SendAsync(sport.Client, $"api/articles/{id}/publish", null, publishing));

        await Stack.ReviseAsync(id, Stack.Copy("At another desk", "world"));
        Assert.Equal(
            (403, 403),
            (
                (await SendAsync(sport.Client, "api/articles", copy, drafting)).Status,
                (await SendAsync(sport.Client, $"api/articles/{id}/publish", null, publishing)).Status
            )
        );
        await Stack.ReviseAsync(id, Stack.Copy("Back again", "sport"));
        Assert.Equal(drafted, await SendAsync(sport.Client, "api/articles", copy, drafting));
    }

    [Fact]
    public async Task Every_event_says_by_an_id_whose_it_is_and_the_history_tells_two_keys_of_one_name_apart()
    {
        using var first = await Stack.KeyAsync("editor", name: "one-name");
        using var drafted = await first.Client.PostAsJsonAsync("api/articles", Stack.Copy("By two of one name"));
        var id = Stack.Id((await drafted.Content.ReadFromJsonAsync<JsonNode>())!);
        await Stack.RevokeAsync(first);
        using var second = await Stack.KeyAsync("editor", name: "one-name");
        using var published = await second.Client.SendAsync(Stack.Write(HttpMethod.Post, $"api/articles/{id}/publish"));
        Assert.Equal(HttpStatusCode.OK, published.StatusCode);
        await Stack.ActAsync(id, "correct", new { note = "By the first key." });

        var entries = (await Stack.Editor.GetFromJsonAsync<JsonNode>($"api/articles/{id}/history"))!["items"]!.AsArray();
        Assert.Equal(
            [("key:one-name", first.Owner), ("key:one-name", second.Owner), ("key:admin", "key:admin")],
            entries.Select(entry => ((string)entry!["by"]!, (string)entry["byId"]!))
        );
        Assert.Equal(
            ["key:admin"],
            await Stack.QueryAsync(
                "Publishing",
                $"select headers ->> 'actor' from mt_events where stream_id = '{first.Id}' and type = 'key_revoked'"
            )
        );
    }

    [Fact]
    public async Task Who_is_masked_is_masked_by_id_as_well()
    {
        using var person = await Stack.KeyAsync("editor");
        using var drafted = await person.Client.PostAsJsonAsync("api/articles", Stack.Copy("By a person with an id"));
        var id = Stack.Id((await drafted.Content.ReadFromJsonAsync<JsonNode>())!);
        await Stack.ActAsync(
            id,
            "mask",
            new
            {
                fields = new[] { "actors" },
                text = "person",
                replacement = "somebody",
                reason = "She left the house",
            }
        );
        Assert.Equal(
            [null, "key:admin"],
            await Stack.QueryAsync("Publishing", $"select headers ->> 'actor' from mt_events where stream_id = '{id}' order by version")
        );
        Assert.DoesNotContain(
            $"{person.Id}",
            await Stack.Editor.GetStringAsync(new Uri($"api/articles/{id}/history", UriKind.Relative)),
            StringComparison.Ordinal
        );
    }
}
