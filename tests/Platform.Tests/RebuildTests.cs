using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Platform.Tests;

/// <summary>What readers see is thrown away and made anew of what was published.</summary>
public sealed class RebuildTests(RebuildTests.Quiet platform) : IClassFixture<RebuildTests.Quiet>
{
    /// <summary>The pages show what is read most, and these tests read them: no ranking is made between one reading and the next.</summary>
    public sealed class Quiet(Servers servers) : IAsyncLifetime
    {
        public Stack Stack { get; private set; } = null!;

        public async ValueTask InitializeAsync() =>
            Stack = await Stack.StartAsync(
                servers,
                new Dictionary<string, string> { ["Reads__RankSeconds"] = "3600", ["Outbound__Allow"] = "127.0.0.0/8" }
            );

        public async ValueTask DisposeAsync() => await (Stack?.DisposeAsync() ?? ValueTask.CompletedTask);
    }

    Stack Stack => platform.Stack;

    [Fact]
    public async Task A_rebuild_makes_the_same_bytes_mends_what_was_broken_and_tells_nobody()
    {
        await using var receiver = await Receiver.StartAsync();
        using var owner = new WebhookOwner(Stack.Bearer(Stack.AdminKey));
        await owner.SubscribeAsync(receiver.Url("rebuild"));
        await Stack.ImportAsync(await File.ReadAllTextAsync(Path.Combine(Repository.Root, "seeds", "edition.ndjson")));
        await LiveAsync();
        await using var subscriber = await Subscriber.JoinAsync(Stack.Reader, "", "0");
        var addresses = await AddressesAsync();
        await RelatedAsync();
        var live = await ReadAsync(addresses);
        var told = (await subscriber.UntilAsync(r => r.Any(b => b.Headline == "Witness"), "all bulletins")).Count;

        // One story says something else, one is lost, and one is there that was never published.
        await Stack.ExecuteAsync(
            "Feed",
            """
            update mt_doc_story set data = jsonb_set(data, '{item,headline}', '"Not what was published"'), mt_version = mt_version + 100
                where id = (select id from mt_doc_story where status = 'Usable' order by id limit 1);
            delete from mt_doc_story where id = (select id from mt_doc_story where status = 'Usable' order by id offset 1 limit 1);
            update mt_doc_story set id = gen_random_uuid()
                where id = (select id from mt_doc_story where status = 'Usable' order by id offset 2 limit 1);
            delete from story_text;
            update mt_doc_story set mt_last_modified = now() - interval '1 day';
            update line_change set (number, at) = (number + 1, at + interval '1 second')
            """
        );
        await Eventually.True(
            async () =>
                (await Stack.Reader.GetStringAsync(new Uri("api/news?limit=200", UriKind.Relative))).Contains(
                    "Not what was published",
                    StringComparison.Ordinal
                ),
            "the broken line"
        );

        var progress = await RebuildAsync();
        Assert.Equal(("done", (long)progress[^1]["sent"]!), ((string)progress[^1]["step"]!, (long)progress[^1]["of"]!));
        Assert.All(progress, p => Assert.Contains((string)p["step"]!, new[] { "waiting", "sending", "storing", "done" }));
        await RelatedAsync();
        var rebuilt = await ReadAsync(addresses);
        Assert.All(addresses, address => Assert.Equal((address, live[address]), (address, rebuilt[address])));

        // What is published goes on as before, also past a start.
        await Stack.PublishAsync(Stack.Copy("After the rebuild", keywords: ["rebuilt"]));
        await Stack.LineUntilAsync(items => items.Count == 1, "the new story", "keyword=rebuilt");
        var heard = await subscriber.UntilAsync(r => r.Any(b => b.Headline == "After the rebuild"), "its bulletin");
        Assert.Equal(told + 1, heard.Count);
        var calls = await receiver.UntilAsync("rebuild", "After the rebuild");
        Assert.Equal(heard.TakeLast(calls.Count).Select(b => b.Headline), calls.Select(c => c.Headline));
        await Stack["Feed"].StopAsync();
        Stack["Feed"].Start();
        await Stack["Feed"].ReadyAsync();
        await Stack.PublishAsync(Stack.Copy("After the start", keywords: ["rebuilt"]));
        await Stack.LineUntilAsync(items => items.Count == 2, "the newer story", "keyword=rebuilt");
    }

    [Fact]
    public async Task What_is_published_and_withdrawn_during_a_rebuild_is_as_it_is_afterwards()
    {
        var kept = new List<Guid>();
        var gone = new List<Guid>();
        for (var i = 0; i < 40; i++)
        {
            kept.Add(await Stack.PublishAsync(Stack.Copy($"Before {i}", keywords: ["meanwhile"])));
        }
        await Stack.LineUntilAsync(items => items.Count == 40, "all of them", "keyword=meanwhile");
        var rebuild = RebuildAsync();
        for (var i = 0; i < 20 || !rebuild.IsCompleted; i++)
        {
            kept.Add(await Stack.PublishAsync(Stack.Copy($"Meanwhile {i}", keywords: ["meanwhile"])));
            await Stack.ActAsync(kept[0], i % 2 == 0 ? "kill" : "unpublish", i % 2 == 0 ? new { reason = "It was a trial." } : new { });
            gone.Add(kept[0]);
            kept.RemoveAt(0);
        }
        Assert.Equal("done", (string)(await rebuild)[^1]["step"]!);
        await Stack.LineUntilAsync(
            items => items.Select(Stack.Id).Order().SequenceEqual(kept.Order()),
            "what is left, and nothing else",
            "keyword=meanwhile"
        );
        foreach (var id in gone)
        {
            using var answer = await Stack.Reader.GetAsync(new Uri($"api/news/{id}", UriKind.Relative));
            Assert.Contains(answer.StatusCode, new[] { HttpStatusCode.Gone, HttpStatusCode.NotFound });
        }
    }

    [Fact]
    public async Task Who_is_no_admin_rebuilds_nothing()
    {
        using var answer = await Stack.Reader.PostAsync(new Uri("api/rebuilds/feed", UriKind.Relative), null);
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
    }

    /// <summary>Related stories are found behind the back of everything else.</summary>
    Task RelatedAsync() =>
        Eventually.True(
            async () =>
                (await Stack.QueryAsync("Feed", "select (select count(*) from related_due) + (select count(*) from related_touched)"))[0]
                == "0",
            "all related stories"
        );

    /// <summary>Everything that can become of a story becomes of one.</summary>
    async Task LiveAsync()
    {
        var ids = new List<Guid>();
        for (var i = 0; i < 5; i++)
        {
            ids.Add(await Stack.PublishAsync(Stack.Copy($"Life {i}", body: $"<p>As it was {i}.</p>", keywords: ["life", $"only {i}"])));
        }
        foreach (
            var (id, act, body) in new (Guid, string, object?)[]
            {
                (ids[0], "correct", new { note = "It was wrong." }),
                (ids[1], "update", new { note = "There is more." }),
                (ids[2], "unpublish", null),
                (ids[3], "kill", new { reason = "It did not take place." }),
                (ids[4], "unpublish", null),
                (ids[4], "publish", null),
            }
        )
        {
            if (act is "correct" or "update")
            {
                await Stack.ReviseAsync(id, Stack.Copy($"Life, {act}", body: "<p>As it is.</p>", category: "sport", keywords: ["life"]));
            }
            await Stack.ActAsync(id, act, body);
        }
        await Stack.PublishAsync(Stack.Copy("Witness"));
        await Stack.LineUntilAsync(items => items.Any(i => (string)i["headline"]! == "Witness"), "the last story");
        await Stack.LineUntilAsync(
            items => items.Count == 3 && items.Count(i => ((string)i["headline"]!).StartsWith("Life, ", StringComparison.Ordinal)) == 2,
            "three lives",
            "keyword=life"
        );
    }

    async Task<string[]> AddressesAsync()
    {
        var items = await Stack.LineAsync();
        var killed = (await Stack.QueryAsync("Feed", "select id::text from mt_doc_story where status <> 'Usable'")).Select(id =>
            $"api/news/{id}"
        );
        return
        [
            "api/news?limit=200",
            "api/news?keyword=life",
            "api/news?corrected=true",
            "api/news?breaking=true",
            "api/news?q=harbour&language=en",
            "api/news?q=life",
            "api/news/ninjs",
            "en",
            "az",
            "ru/all",
            "en/sport",
            "rss.xml",
            "en/rss.xml",
            "en/atom.xml",
            "az/feed.json",
            "news-sitemap.xml",
            .. items.SelectMany(item =>
                new[] { ((string)item["url"]!).TrimStart('/'), $"api/news/{item["id"]}", $"api/news/{item["id"]}/ninjs" }
            ),
            .. killed,
        ];
    }

    async Task<Dictionary<string, string>> ReadAsync(IEnumerable<string> addresses)
    {
        var read = new Dictionary<string, string>();
        foreach (var address in addresses)
        {
            using var answer = await Stack.Reader.GetAsync(new Uri(address, UriKind.Relative));
            // A refusal names its own request.
            var text = System.Text.RegularExpressions.Regex.Replace(await answer.Content.ReadAsStringAsync(), "\"traceId\":\"[^\"]*\"", "");
            read[address] = $"{(int)answer.StatusCode} {text}";
        }
        return read;
    }

    async Task<IReadOnlyList<JsonNode>> RebuildAsync()
    {
        using var answer = await Stack.Editor.PostAsync(new Uri("api/rebuilds/feed", UriKind.Relative), null);
        answer.EnsureSuccessStatusCode();
        return
        [
            .. (await answer.Content.ReadAsStringAsync())
                .Split('\n', StringSplitOptions.RemoveEmptyEntries)
                .Select(line => JsonNode.Parse(line)!),
        ];
    }
}
