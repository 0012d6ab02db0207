using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using NewsPlatform.Gateway.Limits;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Gateway.Tests;

/// <summary>What the edge lets through, of whom.</summary>
public sealed class LimitTests
{
    const string Good = $"Bearer {Front.GoodKey}";

    static readonly Dictionary<string, string> trusting = new() { ["Proxies__Trusted__0"] = "127.0.0.1" };

    /// <summary>None comes back in the time that a test takes.</summary>
    static Dictionary<string, string> Few(params string[] classes)
    {
        var settings = new Dictionary<string, string>(trusting);
        foreach (var of in classes)
        {
            settings[$"Limits__{of}__RequestsPerMinute"] = "1";
            settings[$"Limits__{of}__BurstRequests"] = "3";
        }
        return settings;
    }

    [Theory]
    [InlineData("Ready", "GET", "en")]
    [InlineData("Ready", "GET", "api/news?language=en&limit=30")]
    [InlineData("Ready", "GET", "openapi/publishing.json")]
    [InlineData("Made", "GET", "api/news?after=x")]
    [InlineData("Made", "GET", "api/bulletins")]
    [InlineData("Search", "GET", "api/news?language=en&q=x")]
    [InlineData("Search", "GET", "en/search?q=x")]
    [InlineData("Search", "HEAD", "en/search?%71=x")]
    [InlineData("AnonymousWrite", "POST", "api/subscriptions")]
    [InlineData("AnonymousWrite", "POST", "hub")]
    [InlineData("AnonymousWrite", "POST", "api/stream/tickets")]
    [InlineData("AnonymousWrite", "PUT", "en")]
    [InlineData("Unproved", "GET", "api/articles")]
    [InlineData("Unproved", "POST", "api/articles")]
    [InlineData("Stream", "GET", "api/stream")]
    [InlineData("Import", "POST", "api/import")]
    public async Task Beyond_its_rate_a_client_is_refused_and_told_when_to_come_back_and_nobody_else_is(
        string of,
        string method,
        string path
    )
    {
        await using var front = await Front.StartAsync(Few(of));
        for (var i = 0; i < 3; i++)
        {
            Assert.NotEqual(
                HttpStatusCode.TooManyRequests,
                await front.StatusAsync(new(method), path, ("X-Forwarded-For", $"2001:db8::{i}"))
            );
        }
        using var refused = await front.SendAsync(new(method), path, [("X-Forwarded-For", "2001:db8::4"), ("Accept", "application/xml")]);
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Equal("application/problem+json", refused.Content.Headers.ContentType!.MediaType);
        if (method != "HEAD")
        {
            Assert.Equal(
                "urn:newsplatform:problem:too-many-requests",
                (string?)(await refused.Content.ReadFromJsonAsync<JsonNode>())!["type"]
            );
        }
        Assert.NotEqual(HttpStatusCode.TooManyRequests, await front.StatusAsync(new(method), path, ("X-Forwarded-For", "2001:db8:0:1::1")));
        Assert.NotEqual(
            HttpStatusCode.TooManyRequests,
            await front.StatusAsync(HttpMethod.Get, of == "Ready" ? "api/bulletins" : "en", ("X-Forwarded-For", "2001:db8::1"))
        );
        Assert.Equal(1, await front.MetricAsync("news_gateway_refused", $"class=\"{of}\"", "reason=\"rate\""));
    }

    [Fact]
    public async Task An_EventSource_that_comes_too_often_is_told_to_come_back_in_the_only_way_that_it_hears()
    {
        await using var front = await Front.StartAsync(Few("Stream"));
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(HttpStatusCode.OK, await front.StatusAsync(HttpMethod.Get, "api/stream"));
        }
        using var told = await front.SendAsync(HttpMethod.Get, "api/stream", [("Accept", "text/event-stream")]);
        Assert.Equal((HttpStatusCode.OK, "text/event-stream"), (told.StatusCode, told.Content.Headers.ContentType!.MediaType));
        Assert.Matches("^retry: [0-9]+\n: .*\n\n$", await told.Content.ReadAsStringAsync());
    }

    [Fact]
    public async Task Inventing_keys_gives_no_more_requests_and_a_good_key_has_its_own()
    {
        await using var front = await Front.StartAsync(Few("Unproved", "Made", "AnonymousWrite"), Front.GuardAsync);
        foreach (var path in new[] { "api/articles", "api/bulletins", "api/news?after=x" })
        {
            var client = ("X-Forwarded-For", $"192.0.2.{path.Length}");
            Assert.Equal(HttpStatusCode.OK, await front.StatusAsync(HttpMethod.Get, "api/articles", client, ("Authorization", Good)));
            for (var i = 0; i < 3; i++)
            {
                await front.StatusAsync(HttpMethod.Get, path, client, ("Authorization", $"Bearer invented-{i}"));
            }
            Assert.Equal(
                HttpStatusCode.TooManyRequests,
                await front.StatusAsync(HttpMethod.Get, path, client, ("Authorization", "Bearer invented-4"))
            );
            for (var i = 0; i < 10; i++)
            {
                Assert.Equal(HttpStatusCode.OK, await front.StatusAsync(HttpMethod.Post, "api/articles", client, ("Authorization", Good)));
            }
        }
    }

    [Fact]
    public async Task What_a_service_says_of_a_key_is_for_the_gateway_only()
    {
        await using var front = await Front.StartAsync(null, Front.GuardAsync);
        using var answer = await front.SendAsync(HttpMethod.Get, "api/articles", [("Authorization", Good)]);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.False(answer.Headers.Contains(ServiceDefaults.KnownCaller.Header));
    }

    [Fact]
    public async Task Many_wrong_keys_slow_their_client_down_and_neither_a_good_key_nor_who_shows_none()
    {
        await using var front = await Front.StartAsync(
            new Dictionary<string, string>(trusting)
            {
                ["Limits__WrongKeys__PerMinute"] = "5",
                ["Limits__WrongKeys__FirstWaitSeconds"] = "600",
                ["Limits__WrongKeys__MaxWaitSeconds"] = "3600",
            },
            Front.GuardAsync
        );
        var client = ("X-Forwarded-For", "192.0.2.1");
        Assert.Equal(HttpStatusCode.OK, await front.StatusAsync(HttpMethod.Get, "api/articles", client, ("Authorization", Good)));
        for (var i = 0; i < 6; i++)
        {
            Assert.Equal(
                HttpStatusCode.Unauthorized,
                await front.StatusAsync(HttpMethod.Get, "api/articles", client, ("Authorization", $"Bearer wrong-{i}"))
            );
        }
        using (var refused = await front.SendAsync(HttpMethod.Get, "api/news", [client, ("Authorization", "Bearer wrong-6")]))
        {
            Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
            Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 500, 600);
        }
        Assert.Equal(HttpStatusCode.OK, await front.StatusAsync(HttpMethod.Get, "api/articles", client, ("Authorization", Good)));
        Assert.Equal(HttpStatusCode.OK, await front.StatusAsync(HttpMethod.Get, "api/news", client));
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            await front.StatusAsync(HttpMethod.Get, "api/articles", ("X-Forwarded-For", "192.0.2.2"), ("Authorization", "Bearer wrong-6"))
        );
        Assert.Equal(1, await front.MetricAsync("news_gateway_refused", "reason=\"wrong-keys\""));
    }

    [Fact]
    public void Each_further_wrong_key_doubles_the_wait_up_to_a_bound_and_a_quiet_while_begins_anew()
    {
        var clock = new Clock();
        var wrong = new WrongKeys(
            new()
            {
                ClientSlots = 16,
                WrongKeys = new()
                {
                    PerMinute = 2,
                    FirstWaitSeconds = 5,
                    MaxWaitSeconds = 12,
                },
            },
            clock
        );
        Assert.Equal([0, 0, 5, 10, 12, 12], Enumerable.Range(0, 6).Select(_ => Next()));
        Assert.Equal(0, wrong.Wait(4).TotalSeconds);
        clock.Now += TimeSpan.FromSeconds(73);
        Assert.Equal([0, 0, 5], Enumerable.Range(0, 3).Select(_ => Next()));

        double Next()
        {
            wrong.Note(3);
            var wait = wrong.Wait(3);
            clock.Now += wait;
            return wait.TotalSeconds;
        }
    }

    [Fact]
    public async Task Editors_find_room_however_many_readers_wait_and_a_reader_makes_room_as_soon_as_its_service_answers()
    {
        var (held, answered) = (new ConcurrentQueue<TaskCompletionSource>(), new TaskCompletionSource());
        await using var front = await Front.StartAsync(
            new Dictionary<string, string>(trusting)
            {
                ["Limits__Search__ConcurrentPerClient"] = "2",
                ["Limits__Search__Concurrent"] = "4",
                ["Limits__Search__Queued"] = "0",
            },
            async context =>
            {
                if (!context.Request.Query.ContainsKey("q"))
                {
                    return;
                }
                var release = new TaskCompletionSource();
                held.Enqueue(release);
                await release.Task;
                await context.Response.StartAsync();
                // Its client takes it slowly.
                await answered.Task;
            }
        );
        Task<HttpResponseMessage> SearchAsync(int client) =>
            front.SendAsync(HttpMethod.Get, "api/news?q=x", [("X-Forwarded-For", $"192.0.2.{client}")]);
        async Task<HttpStatusCode> StatusAsync(int client)
        {
            using var answer = await SearchAsync(client);
            return answer.StatusCode;
        }

        var searches = new[] { SearchAsync(1), SearchAsync(1) };
        await Eventually.True(() => Task.FromResult(held.Count == 2), "both are searched for");
        Assert.Equal(HttpStatusCode.TooManyRequests, await StatusAsync(1));
        searches = [.. searches, SearchAsync(2), SearchAsync(2)];
        await Eventually.True(() => Task.FromResult(held.Count == 4), "all are searched for");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, await StatusAsync(3));
        Assert.Equal(HttpStatusCode.OK, await front.StatusAsync(HttpMethod.Post, "api/articles", ("Authorization", Good)));
        Assert.Equal(HttpStatusCode.OK, await front.StatusAsync(HttpMethod.Get, "api/news"));

        Assert.True(held.TryDequeue(out var first));
        first.SetResult();
        using var begun = await await Task.WhenAny(searches);
        var next = SearchAsync(3);
        await Eventually.True(() => Task.FromResult(held.Count == 4), "there is room for the next");
        Assert.Equal(
            (1, 1),
            (
                await front.MetricAsync("news_gateway_refused", "reason=\"concurrent\""),
                await front.MetricAsync("news_gateway_refused", "reason=\"instance\"")
            )
        );
        answered.SetResult();
        foreach (var release in held)
        {
            release.SetResult();
        }
        foreach (var search in searches.Append(next))
        {
            (await search).Dispose();
        }
    }

    [Fact]
    public async Task Limits_can_be_turned_off()
    {
        await using var front = await Front.StartAsync(
            new Dictionary<string, string>(Few("Ready", "Unproved")) { ["Limits__Enabled"] = "false" },
            Front.GuardAsync
        );
        for (var i = 0; i < 10; i++)
        {
            Assert.Equal(HttpStatusCode.OK, await front.StatusAsync(HttpMethod.Get, "en"));
            Assert.Equal(
                HttpStatusCode.Unauthorized,
                await front.StatusAsync(HttpMethod.Get, "api/articles", ("Authorization", "Bearer wrong"))
            );
        }
    }

    [Fact]
    public void However_many_networks_ask_there_are_no_more_counters_than_slots_and_one_network_has_one()
    {
        const int Slots = 64;
        var context = new DefaultHttpContext();
        var seen = new HashSet<int>();
        for (var network = 0; network < 100_000; network++)
        {
            var bytes = new byte[16]
            {
                0x20,
                0x01,
                0x0d,
                0xb8,
                0,
                (byte)(network >> 16),
                (byte)(network >> 8),
                (byte)network,
                0,
                0,
                0,
                0,
                0,
                0,
                0,
                1,
            };
            context.Connection.RemoteIpAddress = new(bytes);
            var slot = Caller.SlotOf(context, Slots);
            bytes[15] = 2;
            context.Connection.RemoteIpAddress = new(bytes);
            Assert.Equal(slot, Caller.SlotOf(context, Slots));
            seen.Add(slot);
        }
        Assert.Equal(Enumerable.Range(0, Slots), seen.Order());
    }

    sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 11, 30, 9, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}
