using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using NewsPlatform.Contracts;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Notifications.Tests;

/// <summary>The hub with the readers' service whose feeds it distributes, behind the gateway; the tests are the relay.</summary>
public sealed class HubAndFeeds(Servers servers) : IAsyncLifetime
{
    public Stack Stack { get; private set; } = null!;

    public async ValueTask InitializeAsync() =>
        Stack = await Stack.StartAsync(
            servers,
            new Dictionary<string, string>
            {
                ["Outbound__Allow"] = "127.0.0.0/8",
                ["WebSub__MinLeaseSeconds"] = "1",
                ["WebSub__RetrySchedule"] = "1s,1s,1s,1s,1s",
                ["WebSub__VerifySchedule"] = "1s,1s",
                // All of the tests are one client, and call one host.
                ["Outbound__CallsPerClientPerMinute"] = "100000",
                ["Outbound__CallsPerDomainPerMinute"] = "100000",
            },
            "Feed",
            "Notifications",
            "Gateway"
        );

    public async ValueTask DisposeAsync() => await (Stack?.DisposeAsync() ?? ValueTask.CompletedTask);
}

public sealed class WebSubTests(HubAndFeeds platform) : IClassFixture<HubAndFeeds>
{
    Stack Stack => platform.Stack;

    string Topic(string path) => new Uri(Stack.Reader.BaseAddress!, path).ToString();

    Task<HttpResponseMessage> AskAsync(string mode, string topic, string callback, params (string Name, string Value)[] more) =>
        Stack.Reader.PostAsync(
            new Uri("hub", UriKind.Relative),
            new FormUrlEncodedContent([
                new("hub.mode", mode),
                new("hub.topic", topic),
                new("hub.callback", callback),
                .. more.Select(m => KeyValuePair.Create(m.Name, m.Value)),
            ])
        );

    async Task SubscribedAsync(string topic, string callback, params (string Name, string Value)[] more)
    {
        using var answer = await AskAsync("subscribe", topic, callback, more);
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        await Eventually.True(async () => await CountAsync(callback, topic) == 1, "the subscription is active");
    }

    async Task<int> CountAsync(string callback, string? topic = null) =>
        int.Parse(
            (
                await Stack.QueryAsync(
                    "Notifications",
                    $"""
                    select count(*) from mt_doc_subscription
                    where lower(data ->> 'state') = 'active' and data -> 'target' ->> 'callback' = '{callback}'
                    """ + (topic is null ? "" : $" and data -> 'target' ->> 'topic' = '{topic}'")
                )
            )[0]!,
            null
        );

    [Fact]
    public async Task A_foreign_client_subscribes_where_the_feed_says_and_gets_the_new_story_in_the_feed_signed()
    {
        Assert.SkipWhen(Node.Missing is not null, Node.Missing ?? "");
        var feed = await Stack.Reader.GetAsync(new Uri("en/culture/atom.xml", UriKind.Relative));
        var links = System
            .Xml.Linq.XDocument.Parse(await feed.Content.ReadAsStringAsync())
            .Root!.Elements("{http://www.w3.org/2005/Atom}link")
            .ToLookup(l => (string)l.Attribute("rel")!, l => (string)l.Attribute("href")!);
        var port = Servers.FreePort();
        var client = Node.RunAsync("", "websub.js", links["self"].Single(), links["hub"].Single(), $"{port}", "a secret of the client's");
        await Eventually.True(
            async () =>
                int.Parse(
                    (
                        await Stack.QueryAsync(
                            "Notifications",
                            $"select count(*) from mt_doc_subscription where data -> 'target' ->> 'callback' like '%:{port}/%'"
                        )
                    )[0]!,
                    null
                ) == 1,
            "it has subscribed"
        );

        await Stack.SendAsync(Broker.Article("The theatre opens", category: "culture"));
        var got = JsonNode.Parse(await client)!;
        Assert.Contains("The theatre opens", (string)got["feed"]!, StringComparison.Ordinal);
        Assert.Equal((links["self"].Single(), links["hub"].Single()), ((string)got["topic"]!, (string)got["hub"]!));
        Assert.StartsWith("application/atom+xml", (string)got["type"]!, StringComparison.Ordinal);
        Assert.InRange((int)got["lease"]!, 3595, 3605);
    }

    [Theory]
    [InlineData("en/science/rss.xml")]
    [InlineData("en/science/atom.xml")]
    [InlineData("en/science/feed.json")]
    [InlineData("en/rss.xml?keyword=comet")]
    public async Task What_is_distributed_is_the_feed_byte_by_byte_with_its_type_its_links_and_a_signature(string path)
    {
        await using var callback = await Callback.StartAsync();
        await SubscribedAsync(Topic(path), callback.Address("in?a=b"), ("hub.secret", "sesame"));
        var asked = callback.Calls.Single();
        Assert.Equal(
            ("GET", "b", "subscribe", Topic(path), "864000"),
            (asked.Method, asked.Query["a"], asked.Query["hub.mode"], asked.Query["hub.topic"], asked.Query["hub.lease_seconds"])
        );

        await Stack.SendAsync(Broker.Article($"A comet for {path}", category: "science", keywords: ["comet"]));
        var post = Assert.Single(
            await Eventually.Get(() => Task.FromResult(callback.Posts("in")), posts => posts.Count > 0, "the content")
        );
        using var feed = await Stack.Reader.GetAsync(new Uri(path, UriKind.Relative));
        Assert.Equal(await feed.Content.ReadAsByteArrayAsync(), post.Body);
        Assert.Contains($"A comet for {path}", Encoding.UTF8.GetString(post.Body), StringComparison.Ordinal);
        Assert.Equal(feed.Content.Headers.ContentType!.ToString(), post.Headers.ContentType.ToString());
        Assert.Equal($"<{Topic("hub")}>; rel=\"hub\", <{Topic(path)}>; rel=\"self\"", post.Headers.Link.ToString());
        Assert.Equal(
            $"sha256={Convert.ToHexStringLower(HMACSHA256.HashData("sesame"u8, post.Body))}",
            post.Headers["X-Hub-Signature"].ToString()
        );
    }

    [Fact]
    public async Task A_correction_a_move_to_elsewhere_and_a_kill_are_distributed_and_what_does_not_change_the_feed_is_not()
    {
        await using var callback = await Callback.StartAsync();
        await SubscribedAsync(Topic("az/sport/feed.json"), callback.Address("sport"));
        var match = Broker.Article("The match ends", language: "az", category: "sport");
        await Stack.SendAsync(match);
        await Distributed(1, "The match ends");
        // In the same second: the times that the feed shows do not tell the two apart.
        await Stack.SendMessagesAsync(new ArticleCorrected(match with { Version = 3, Headline = "The match ended" }, "It has ended"));
        await Distributed(2, "The match ended");
        await Stack.SendAsync(Broker.Article("The market", language: "az", category: "economy"));
        await Stack.SendMessagesAsync(
            new ArticleUpdated(match with { Version = 4, Category = "society", UpdatedAt = match.UpdatedAt.AddMinutes(1) })
        );
        var without = await Distributed(3, "\"items\":[");
        Assert.DoesNotContain(match.ArticleId.ToString(), without, StringComparison.Ordinal);
        var other = Broker.Article("Another match", language: "az", category: "sport");
        await Stack.SendAsync(other);
        await Distributed(4, "Another match");
        await Stack.SendMessagesAsync(
            new ArticleWithdrawn(other with { Version = 3, Summary = "", Body = "" }, PubStatus.Canceled, "It was not so")
        );
        Assert.DoesNotContain(other.ArticleId.ToString(), await Distributed(5, "\"items\":["), StringComparison.Ordinal);
        Assert.Equal(5, callback.Posts("sport").Count);

        async Task<string> Distributed(int count, string text)
        {
            var posts = await Eventually.Get(
                () => Task.FromResult(callback.Posts("sport")),
                posts => posts.Count >= count,
                $"distribution {count}"
            );
            var body = Encoding.UTF8.GetString(posts[count - 1].Body);
            Assert.Contains(text, body, StringComparison.Ordinal);
            return body;
        }
    }

    [Fact]
    public async Task While_a_callback_fails_bulletins_gather_and_the_newest_content_comes_once()
    {
        await using var callback = await Callback.StartAsync();
        var up = false;
        callback.Answer = call => call.Method == "POST" && !up ? (503, "") : Callback.Agrees(call);
        await SubscribedAsync(Topic("ru/world/rss.xml"), callback.Address("late"));
        await Stack.SendAsync(Broker.Article("Gathers 1", language: "ru"));
        await Eventually.True(() => Task.FromResult(callback.Posts("late").Count >= 1), "the first attempt");
        await Stack.SendAsync(Broker.Article("Gathers 2", language: "ru"), Broker.Article("Gathers 3", language: "ru"));
        await Eventually.True(
            async () =>
                await Stack.Reader.GetStringAsync(new Uri("ru/world/rss.xml", UriKind.Relative)) is var feed
                && feed.Contains("Gathers 2", StringComparison.Ordinal)
                && feed.Contains("Gathers 3", StringComparison.Ordinal),
            "the feed has them all"
        );
        await Eventually.True(
            async () =>
                (
                    await Stack.QueryAsync(
                        "Notifications",
                        """
                        select count(*) from notice n join mt_doc_subscription s on s.id = n.subscription
                        where s.data -> 'target' ->> 'callback' like '%/late'
                        """
                    )
                )[0] == "3",
            "all three wait"
        );
        var before = callback.Posts("late").Count;
        up = true;
        var posts = await Eventually.Get(
            () => Task.FromResult(callback.Posts("late")),
            posts => posts.Count > before && Encoding.UTF8.GetString(posts[^1].Body).Contains("Gathers 3", StringComparison.Ordinal),
            "the newest"
        );
        Assert.All(["Gathers 1", "Gathers 2", "Gathers 3"], headline =>
            Assert.Contains(headline, Encoding.UTF8.GetString(posts[^1].Body), StringComparison.Ordinal)
        );
        await Eventually.True(
            async () =>
                (
                    await Stack.QueryAsync(
                        "Notifications",
                        """
                        select count(*) from notice n join mt_doc_subscription s on s.id = n.subscription
                        where s.data -> 'target' ->> 'callback' like '%/late'
                        """
                    )
                )[0] == "0",
            "nothing waits"
        );
        Assert.Equal(posts.Count, callback.Posts("late").Count);
    }

    [Fact]
    public async Task Who_unsubscribes_or_is_gone_hears_no_more_and_another_topic_of_the_same_callback_goes_on()
    {
        await using var callback = await Callback.StartAsync();
        var (first, second) = (Topic("tr/world/rss.xml"), Topic("tr/world/atom.xml"));
        await SubscribedAsync(first, callback.Address("both"));
        await SubscribedAsync(second, callback.Address("both"));
        using (var answer = await AskAsync("unsubscribe", first, callback.Address("both")))
        {
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        }
        await Eventually.True(async () => await CountAsync(callback.Address("both"), first) == 0, "it has left");
        Assert.Equal("unsubscribe", callback.Calls[^1].Query["hub.mode"]);
        await Stack.SendAsync(Broker.Article("For one", language: "tr"));
        var post = Assert.Single(
            await Eventually.Get(() => Task.FromResult(callback.Posts("both")), posts => posts.Count > 0, "the content")
        );
        Assert.Contains("atom.xml", post.Headers.Link.ToString(), StringComparison.Ordinal);

        callback.Answer = call => call.Method == "POST" ? (410, "") : Callback.Agrees(call);
        await Stack.SendAsync(Broker.Article("For none", language: "tr"));
        await Eventually.True(async () => await CountAsync(callback.Address("both")) == 0, "it has ended");
        await Eventually.True(
            () =>
                Task.FromResult(
                    callback.Calls.Any(c =>
                        c.Query.GetValueOrDefault("hub.mode") == "denied"
                        && c.Query["hub.topic"] == second
                        && c.Query["hub.reason"].Length > 0
                    )
                ),
            "it was told so"
        );
    }

    [Fact]
    public async Task A_lease_ends_unless_it_is_renewed_and_a_renewal_changes_the_secret()
    {
        await using var callback = await Callback.StartAsync();
        var topic = Topic("en/analysis/rss.xml");
        await SubscribedAsync(topic, callback.Address("short"), ("hub.lease_seconds", "1"));
        await Eventually.True(async () => await CountAsync(callback.Address("short")) == 0, "the lease has ended");

        await SubscribedAsync(topic, callback.Address("long"), ("hub.lease_seconds", "3600"), ("hub.secret", "old"));
        using var answer = await AskAsync(
            "subscribe",
            topic,
            callback.Address("long"),
            ("hub.lease_seconds", "99999999"),
            ("hub.secret", "new")
        );
        await Eventually.True(() => Task.FromResult(callback.Calls.Count(c => c.Path == "/long") == 2), "it is asked again");
        Assert.Equal("2592000", callback.Calls[^1].Query["hub.lease_seconds"]);
        await Eventually.True(
            async () =>
                (
                    await Stack.QueryAsync(
                        "Notifications",
                        $"""
                        select data -> 'target' ->> 'secret' from mt_doc_subscription
                        where data -> 'target' ->> 'callback' = '{callback.Address("long")}'
                        """
                    )
                )[0] == "new",
            "the secret is new"
        );
        await Stack.SendAsync(Broker.Article("In depth", category: "analysis"));
        var post = (await Eventually.Get(() => Task.FromResult(callback.Posts("long")), posts => posts.Count > 0, "the content"))[0];
        Assert.Equal(
            $"sha256={Convert.ToHexStringLower(HMACSHA256.HashData("new"u8, post.Body))}",
            post.Headers["X-Hub-Signature"].ToString()
        );
        Assert.Empty(callback.Posts("short"));
    }

    [Fact]
    public async Task Who_does_not_confirm_is_not_subscribed_and_who_is_away_is_asked_again_also_by_a_service_that_was_restarted()
    {
        await using var callback = await Callback.StartAsync();
        var away = true;
        callback.Answer = call =>
            call.Path switch
            {
                "/liar" => (200, "something else"),
                "/never" => (404, ""),
                _ => away ? (503, "") : Callback.Agrees(call),
            };
        foreach (var path in new[] { "liar", "never", "away" })
        {
            using var answer = await AskAsync("subscribe", Topic("en/rss.xml"), callback.Address(path));
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        }
        await Eventually.True(() => Task.FromResult(callback.Calls.Select(c => c.Path).Distinct().Count() == 3), "all are asked");
        await Stack["Notifications"].KillAsync();
        away = false;
        Stack["Notifications"].Start();
        await Stack["Notifications"].ReadyAsync();
        await Eventually.True(async () => await CountAsync(callback.Address("away")) == 1, "it is asked again");
        await Eventually.True(
            async () =>
                (await Stack.QueryAsync("Notifications", $"select count(*) from errand where data like '%:{callback.Port}/%'"))[0] == "0",
            "nobody is to be asked any more"
        );
        Assert.Equal((0, 0), (await CountAsync(callback.Address("liar")), await CountAsync(callback.Address("never"))));
    }

    [Fact]
    public async Task A_subscription_that_is_one_too_many_on_its_host_is_refused()
    {
        await using var callback = await Callback.StartAsync();
        await using var own = await Stack.StartAsync(
            Stack.Servers,
            new Dictionary<string, string> { ["Outbound__Allow"] = "127.0.0.0/8", ["WebSub__MaxPerHost"] = "1" },
            "Notifications"
        );
        var topic = new Uri(own.Reader.BaseAddress!, "en/rss.xml").ToString();
        async Task<HttpResponseMessage> SubscribeAsync(string path) =>
            await own.Reader.PostAsync(
                new Uri("hub", UriKind.Relative),
                new FormUrlEncodedContent([
                    new("hub.mode", "subscribe"),
                    new("hub.topic", topic),
                    new("hub.callback", callback.Address(path)),
                ])
            );
        using var first = await SubscribeAsync("1");
        await Eventually.True(
            async () => (await own.QueryAsync("Notifications", "select count(*) from websub"))[0] == "1",
            "the first is in"
        );
        using var second = await SubscribeAsync("2");
        using var again = await SubscribeAsync("1");
        Assert.Equal(
            (HttpStatusCode.Accepted, HttpStatusCode.TooManyRequests, HttpStatusCode.Accepted),
            (first.StatusCode, second.StatusCode, again.StatusCode)
        );
        Assert.Contains("127.0.0.1", await second.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hub.mode=subscribe&hub.topic={feed}", 400, "hub.callback")]
    [InlineData("hub.topic={feed}&hub.callback={here}", 400, "hub.mode")]
    [InlineData("hub.mode=publish&hub.topic={feed}&hub.callback={here}", 400, "hub.mode")]
    [InlineData("hub.mode=subscribe&hub.mode=unsubscribe&hub.topic={feed}&hub.callback={here}", 400, "hub.mode")]
    [InlineData("hub.mode=subscribe&hub.topic=https://elsewhere.example/rss.xml&hub.callback={here}", 422, "hub.topic")]
    [InlineData("hub.mode=subscribe&hub.topic={root}xx/rss.xml&hub.callback={here}", 422, "hub.topic")]
    [InlineData("hub.mode=subscribe&hub.topic={root}en/nowhere/rss.xml&hub.callback={here}", 422, "hub.topic")]
    [InlineData("hub.mode=subscribe&hub.topic={root}en&hub.callback={here}", 422, "hub.topic")]
    [InlineData("hub.mode=subscribe&hub.topic={root}en/rss.xml?after=x&hub.callback={here}", 422, "hub.topic")]
    [InlineData("hub.mode=subscribe&hub.topic={root}en/rss.xml?breaking=maybe&hub.callback={here}", 422, "hub.topic")]
    [InlineData("hub.mode=subscribe&hub.topic={feed}&hub.callback=ftp://127.0.0.1/", 422, "hub.callback")]
    [InlineData("hub.mode=subscribe&hub.topic={feed}&hub.callback=nonsense", 422, "hub.callback")]
    [InlineData("hub.mode=subscribe&hub.topic={feed}&hub.callback=https://192.168.1.1/", 422, "hub.callback")]
    [InlineData("hub.mode=subscribe&hub.topic={feed}&hub.callback=https://[::ffff:10.0.0.1]/", 422, "hub.callback")]
    [InlineData("hub.mode=subscribe&hub.topic={feed}&hub.callback=https://3232235777/", 422, "hub.callback")]
    [InlineData("hub.mode=unsubscribe&hub.topic={feed}&hub.callback=https://169.254.169.254/latest", 422, "hub.callback")]
    [InlineData("hub.mode=subscribe&hub.topic={feed}&hub.callback={here}&hub.lease_seconds=soon", 400, "hub.lease_seconds")]
    [InlineData("hub.mode=subscribe&hub.topic={feed}&hub.callback={here}&hub.lease_seconds=-5", 400, "hub.lease_seconds")]
    [InlineData("hub.mode=subscribe&hub.topic={feed}&hub.callback={here}&hub.secret={200}", 422, "hub.secret")]
    [InlineData("hub.mode=subscribe&hub.topic={feed}&hub.callback={here}&hub.secret=a%00b", 400, "body")]
    [InlineData("hub.mode=subscribe&hub.topic={feed}?keyword=%00&hub.callback={here}", 400, "body")]
    [InlineData("hub.mode=subscribe&hub.topic={feed}&hub.callback=https://0.0.0.0/", 422, "hub.callback")]
    [InlineData("hub.mode=subscribe&hub.topic={feed}&hub.callback=https://[::]/", 422, "hub.callback")]
    [InlineData("hub.mode=subscribe&hub.topic={feed}&hub.callback={here}{3000}", 422, "hub.callback")]
    public async Task What_the_hub_does_not_take_is_refused_by_name_and_nobody_is_asked(string body, int status, string name)
    {
        await using var callback = await Callback.StartAsync();
        var text = body.Replace("{feed}", Topic("en/rss.xml"), StringComparison.Ordinal)
            .Replace("{root}", Topic(""), StringComparison.Ordinal)
            .Replace("{here}", callback.Address("in"), StringComparison.Ordinal)
            .Replace("{200}", new string('s', 200), StringComparison.Ordinal)
            .Replace("{3000}", new string('c', 3000), StringComparison.Ordinal);
        using var answer = await Stack.Reader.PostAsync(
            new Uri("hub", UriKind.Relative),
            new StringContent(text, Encoding.UTF8, "application/x-www-form-urlencoded")
        );
        Assert.Equal((status, "application/problem+json"), ((int)answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        Assert.Equal(name, Assert.Single((await answer.Content.ReadFromJsonAsync<JsonNode>())!["errors"]!.AsObject()).Key);
        Assert.Equal(
            "0",
            (await Stack.QueryAsync("Notifications", $"select count(*) from errand where data like '%:{callback.Port}/%'"))[0]
        );
        Assert.Empty(callback.Calls);
    }

    [Fact]
    public async Task The_hub_says_what_it_is_and_takes_a_form_only()
    {
        Assert.Contains("WebSub hub", await Stack.Reader.GetStringAsync(new Uri("hub", UriKind.Relative)), StringComparison.Ordinal);
        using var json = await Stack.Reader.PostAsJsonAsync("hub", new { mode = "subscribe" });
        using var long_ = await Stack.Reader.PostAsync(
            new Uri("hub", UriKind.Relative),
            new StringContent($"hub.mode={new string('x', 100_000)}", Encoding.UTF8, "application/x-www-form-urlencoded")
        );
        Assert.Equal((HttpStatusCode.UnsupportedMediaType, HttpStatusCode.RequestEntityTooLarge), (json.StatusCode, long_.StatusCode));
    }
}
