using System.Globalization;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using NewsPlatform.Contracts;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Platform.Tests;

/// <summary>What the gateway answers by itself, and that it is never older than what Feed would say.</summary>
public sealed class EdgeTests(PlatformStack platform) : IClassFixture<PlatformStack>
{
    /// <summary>Fields that are the connection's or the moment's.</summary>
    static readonly string[] passing = ["Date", "Transfer-Encoding", "Connection"];

    Stack Stack => platform.Stack;

    Uri Feed => Stack["Feed"].Address;

    Task<double> KeptAsync() => KeptAsync(Stack["Gateway"]);

    static Task<double> KeptAsync(ServiceProcess gateway) => gateway.MetricAsync("news_gateway_edge_answers_total", "how=\"kept\"");

    /// <summary>Metrics are told anew a few times a second; returns when they tell of what was done before.</summary>
    async Task SettledAsync(string service)
    {
        var before = await Stack.MetricAsync(service, "dotnet_gc_heap_total_allocated");
        await Eventually.True(async () => await Stack.MetricAsync(service, "dotnet_gc_heap_total_allocated") > before, "newer metrics");
    }

    async Task<(HttpStatusCode Status, string? Tag, string Body)> ReadAsync(Uri door, string path, params (string, string)[] fields)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, new Uri(door, path));
        foreach (var (name, value) in fields)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
        using var answer = await Stack.Reader.SendAsync(request);
        return (answer.StatusCode, answer.Headers.ETag?.ToString(), await answer.Content.ReadAsStringAsync());
    }

    /// <summary>Until the gateway answers the address without asking.</summary>
    Task KeptAsync(string path, params (string, string)[] fields) =>
        Eventually.True(
            async () =>
            {
                await SettledAsync("Gateway");
                var before = await KeptAsync();
                await ReadAsync(Stack.Reader.BaseAddress!, path, fields);
                await SettledAsync("Gateway");
                return await KeptAsync() > before;
            },
            $"{path} is kept by the gateway"
        );

    /// <summary>Until another gateway answers the address without asking.</summary>
    async Task KeptByAsync(ServiceProcess gateway, string path)
    {
        var before = await KeptAsync(gateway);
        await Eventually.True(
            async () =>
            {
                await ReadAsync(gateway.Address, path);
                return await KeptAsync(gateway) > before;
            },
            $"{path} is kept by another gateway"
        );
    }

    [Fact]
    public async Task What_the_gateway_keeps_is_in_every_form_what_Feed_says()
    {
        var id = await Stack.PublishAsync(Stack.Copy("Kept", body: $"<p>{new string('k', 3000)}</p>", keywords: ["kept"]));
        var item = (await Stack.LineUntilAsync(items => items.Count == 1, "the story", "keyword=kept"))[0];
        string[] paths =
        [
            "en",
            "en/world",
            ((string)item["url"]!)[1..],
            "en/rss.xml",
            "en/world/atom.xml",
            "feed.json",
            "sitemap.xml",
            "api/news?language=en&limit=30",
            $"api/news/{id}",
            $"api/news/{id}/ninjs",
        ];
        foreach (var path in paths)
        {
            await KeptAsync(path);
            foreach (var method in new[] { HttpMethod.Get, HttpMethod.Head })
            {
                foreach (var coding in new[] { "identity", "br", "gzip;q=0.8, br;q=0.1", "*", "deflate" })
                {
                    foreach (var known in new[] { null, "this", "*", "\"other\"", "W/this" })
                    {
                        var own = await AnswerAsync(Feed, method, path, coding, known, null);
                        var kept = await AnswerAsync(Stack.Reader.BaseAddress!, method, path, coding, known, own.Tag);
                        Assert.Equal(own.Text, kept.Text);
                    }
                }
            }
        }

        async Task<(string Text, string? Tag)> AnswerAsync(
            Uri door,
            HttpMethod method,
            string path,
            string coding,
            string? known,
            string? tag
        )
        {
            using var request = new HttpRequestMessage(method, new Uri(door, path));
            request.Headers.TryAddWithoutValidation("Accept-Encoding", coding);
            if (known is not null)
            {
                tag ??= (await ReadAsync(door, path)).Tag;
                request.Headers.TryAddWithoutValidation("If-None-Match", known.Replace("this", tag, StringComparison.Ordinal));
            }
            using var answer = await Stack.Reader.SendAsync(request);
            var fields = answer
                .Headers.Concat(answer.Content.Headers)
                .Where(field => !passing.Contains(field.Key) && !IsOfTheGateway(field.Key))
                .Select(field => $"{field.Key}: {string.Join(", ", field.Value)}")
                .Order(StringComparer.Ordinal);
            var body = Convert.ToHexString(await answer.Content.ReadAsByteArrayAsync());
            return (
                $"{method} {path} {coding} {known}\n{answer.StatusCode}\n{string.Join('\n', fields)}\n{body}",
                answer.Headers.ETag?.ToString()
            );
        }
    }

    static bool IsOfTheGateway(string field) =>
        field.StartsWith("Access-Control-", StringComparison.Ordinal)
        || field.StartsWith("X-", StringComparison.Ordinal)
        || field is "Content-Security-Policy" or "Referrer-Policy" or "Cross-Origin-Opener-Policy" or "Last-Modified";

    [Fact]
    public async Task What_the_gateway_adds_is_on_what_it_keeps_too()
    {
        await Stack.PublishAsync(Stack.Copy("Headed", keywords: ["headed"]));
        await Stack.LineUntilAsync(items => items.Count == 1, "the story", "keyword=headed");
        var asked = await HeadersAsync($"en?{Guid.NewGuid()}", "Authorization");
        await KeptAsync("en");
        Assert.Equal(asked, await HeadersAsync("en", null));

        async Task<IReadOnlyList<string>> HeadersAsync(string path, string? field)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            if (field is not null)
            {
                request.Headers.TryAddWithoutValidation(field, "Basic nobody");
            }
            using var answer = await Stack.Reader.SendAsync(request);
            return
            [
                .. answer
                    .Headers.Where(its => IsOfTheGateway(its.Key) && its.Key != "Last-Modified")
                    .Select(its => $"{its.Key}: {string.Join(", ", its.Value)}")
                    .Order(StringComparer.Ordinal),
            ];
        }
    }

    [Fact]
    public async Task Every_gateway_shows_a_change_and_none_shows_what_was_killed()
    {
        await using var second = await Stack.StartReplicaAsync("Gateway");
        Uri[] doors = [Stack.Reader.BaseAddress!, second.Address];
        var id = await Stack.PublishAsync(Stack.Copy("First words", keywords: ["through"]));
        var item = (await Stack.LineUntilAsync(items => items.Count == 1, "the story", "keyword=through"))[0];
        string[] paths = [((string)item["url"]!)[1..], $"api/news/{id}", "api/news?keyword=through", "en/rss.xml?keyword=through"];
        for (var version = 0; version < 5; version++)
        {
            var headline = $"Words number {version}";
            await Stack.ReviseAsync(id, Stack.Copy(headline, keywords: ["through"]));
            await Stack.PublishAsync(id);
            foreach (var (door, path) in doors.SelectMany(door => paths.Select(path => (door, path))))
            {
                await Eventually.True(
                    async () => (await ReadAsync(door, path)).Body.Contains(headline, StringComparison.Ordinal),
                    $"{headline} at {door}{path}"
                );
            }
        }
        await Stack.ActAsync(id, "kill", new { reason = "It was wrong." });
        foreach (var (door, path) in doors.SelectMany(door => paths.Select(path => (door, path))))
        {
            await Eventually.True(
                async () => !(await ReadAsync(door, path)).Body.Contains("Words number", StringComparison.Ordinal),
                $"nothing at {door}{path}"
            );
        }
        await Parallel.ForEachAsync(Enumerable.Range(0, 400), async (i, ct) =>
        {
            var (door, path) = (doors[i % 2], paths[i % 4]);
            Assert.DoesNotContain("Words number", (await ReadAsync(door, path)).Body, StringComparison.Ordinal);
        });
    }

    [Fact]
    public async Task Who_has_read_of_a_change_finds_nothing_older_in_what_is_kept()
    {
        await using var wire = new Relay(Stack["Feed"].Management);
        await using var late = await Stack.StartReplicaAsync(
            "Gateway",
            ("ReverseProxy__Clusters__feed__Destinations__service__Health", $"{wire.Address}"),
            ("Edge__SilenceMilliseconds", "10000")
        );
        for (var round = 0; round < 3; round++)
        {
            await KeptByAsync(late, "api/news?language=en");
            wire.Hold();
            var headline = $"Round {round} {Guid.NewGuid():N}";
            var id = await Stack.PublishAsync(Stack.Copy(headline, keywords: ["round"]));
            // The gateway has not kept this one: it comes from Feed.
            await Eventually.True(
                async () => (await ReadAsync(late.Address, $"api/news/{id}")).Body.Contains(headline, StringComparison.Ordinal),
                "the story is read of"
            );
            Assert.Contains(headline, (await ReadAsync(late.Address, "api/news?language=en")).Body, StringComparison.Ordinal);
            wire.LetGo();
        }
    }

    [Fact]
    public async Task A_gateway_that_is_cut_off_from_Feeds_word_gives_nothing_old()
    {
        await using var wire = new Relay(Stack["Feed"].Management);
        await using var second = await Stack.StartReplicaAsync(
            "Gateway",
            ("ReverseProxy__Clusters__feed__Destinations__service__Health", $"{wire.Address}")
        );
        var path = "api/news?keyword=cut";
        await KeptByAsync(second, path);
        wire.Hold();
        await Stack.PublishAsync(Stack.Copy("Behind the cut", keywords: ["cut"]));
        await Eventually.True(
            async () => (await ReadAsync(second.Address, path)).Body.Contains("Behind the cut", StringComparison.Ordinal),
            "the story, though nobody told of it"
        );
        wire.LetGo();
    }

    [Fact]
    public async Task A_rush_on_one_page_is_one_request_to_Feed()
    {
        await KeptAsync("en");
        for (var round = 0; round < 3; round++)
        {
            await SettledAsync("Feed");
            var before = await Stack.MetricAsync("Feed", "news_feed_answers_total");
            var path = $"api/news?language=en&limit={round + 50}";
            var answers = await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => ReadAsync(Stack.Reader.BaseAddress!, path)));
            Assert.All(answers, answer => Assert.Equal((HttpStatusCode.OK, answers[0].Tag), (answer.Status, answer.Tag)));
            await SettledAsync("Feed");
            Assert.Equal(before + 1, await Stack.MetricAsync("Feed", "news_feed_answers_total"));
        }
    }

    [Fact]
    public async Task Parameters_that_nobody_reads_make_no_new_entries_and_foreign_fields_poison_nothing()
    {
        await Stack.PublishAsync(Stack.Copy("Clean", keywords: ["clean"]));
        await Stack.LineUntilAsync(items => items.Count == 1, "the story", "keyword=clean");
        string[] paths = ["en", "en/world", "en/rss.xml", "sitemap.xml"];
        foreach (var path in paths)
        {
            await KeptAsync(path);
        }
        await SettledAsync("Gateway");
        var entries = await Stack.MetricAsync("Gateway", "news_gateway_edge_entries");
        var clean = new Dictionary<string, string?>();
        foreach (var path in paths)
        {
            clean[path] = (await ReadAsync(Stack.Reader.BaseAddress!, path)).Tag;
        }
        await Parallel.ForEachAsync(Enumerable.Range(0, 4_000), async (i, ct) =>
        {
            var path = paths[i % 4];
            var query = (i % 5) switch
            {
                0 => $"?utm_source=x{i}",
                1 => $"?{i}",
                2 => $"?a={i}&b=%00{i}",
                3 => $"?fbclid={new string('y', 300)}{i}&&&=",
                _ => $"?%61fterwards={i}",
            };
            (string, string)[] fields =
            [
                ("Host", "evil.example"),
                ("Cookie", $"session={i}"),
                ("X-Forwarded-Host", "evil.example"),
                ("X-Original-URL", "/evil"),
                ("Edge-Ask", "*"),
                ("Edge-Entry", "{}"),
                ("Edge-Latest", "99999999"),
                ("Range", "bytes=0-1"),
                ("Origin", "https://evil.example"),
                ("Accept-Encoding", $"x{i}, gzip;q=0.{i % 10}"),
            ];
            var answer = await ReadAsync(Stack.Reader.BaseAddress!, path + query, fields[i % fields.Length]);
            Assert.Equal(HttpStatusCode.OK, answer.Status);
            Assert.Equal(clean[path]![..20], answer.Tag![..20]);
        });
        foreach (var path in paths)
        {
            var answer = await ReadAsync(Stack.Reader.BaseAddress!, path);
            Assert.Equal((clean[path], true), (answer.Tag, !answer.Body.Contains("evil", StringComparison.Ordinal)));
        }
        await SettledAsync("Gateway");
        Assert.Equal(entries, await Stack.MetricAsync("Gateway", "news_gateway_edge_entries"));
    }

    [Fact]
    public async Task What_the_gateway_and_Feed_say_to_each_other_is_said_to_nobody_else()
    {
        foreach (var path in new[] { "en", "api/news", "en/nothing-like-this/at-all", "api/articles" })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, path);
            request.Headers.TryAddWithoutValidation(EdgeProtocol.AskField, "*");
            using var answer = await Stack.Reader.SendAsync(request);
            Assert.DoesNotContain(answer.Headers, field => field.Key.StartsWith("Edge-", StringComparison.OrdinalIgnoreCase));
        }
        foreach (var path in new[] { "edge/changes", "edge/reads" })
        {
            using var answer = await Stack.Reader.GetAsync(new Uri(path, UriKind.Relative));
            Assert.Equal(HttpStatusCode.NotFound, answer.StatusCode);
        }
    }

    [Fact]
    public async Task Reads_that_the_gateway_answers_count()
    {
        (string, string) robot = ("User-Agent", "robot of a crawler");
        var id = await Stack.PublishAsync(Stack.Copy("Counted at the edge", keywords: ["edge-reads"]));
        await Stack.LineUntilAsync(items => items.Count == 1, "the story", "keyword=edge-reads");
        await KeptAsync($"api/news/{id}", robot);
        var before = await KeptAsync();
        for (byte number = 1; number <= 20; number++)
        {
            using var reader = Elsewhere.Client(new IPAddress([127, 0, 9, number]), Stack.Reader.BaseAddress!);
            await ReadAsync(Stack.Reader.BaseAddress!, $"api/news/{id}", robot);
            using var answer = await reader.GetAsync(new Uri($"api/news/{id}", UriKind.Relative));
            answer.EnsureSuccessStatusCode();
        }
        await Eventually.True(
            async () => await Stack.QueryAsync("Feed", $"select sum(reads) from story_reads where id = '{id}'") is ["20"],
            "twenty readers, and none of the robot's reads"
        );
        await SettledAsync("Gateway");
        // Another story's change in between sends a few of them to Feed; of twenty robots and a reader one reader was answered here.
        Assert.True(await KeptAsync() >= before + 21);
    }
}
