using System.Net;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using NewsPlatform.Notifications.Outbound;
using NewsPlatform.ServiceDefaults;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Notifications.Tests;

/// <summary>How often, and how much at once, strangers can have others' servers called.</summary>
public sealed class CallBudgetTests(Servers servers)
{
    static readonly Dictionary<string, string> settings = new()
    {
        ["Outbound__Allow"] = "127.0.0.0/8,::1/128",
        ["Outbound__RequestSeconds"] = "20",
        ["Deliveries__LeaseSeconds"] = "30",
        ["Portal__PublicUrl"] = "https://news.example.org",
    };

    Task<Stack> StartAsync(params (string Name, string Value)[] more) =>
        Stack.StartAsync(
            servers,
            new Dictionary<string, string>([.. settings, .. more.Select(m => KeyValuePair.Create(m.Name, m.Value))]),
            "Notifications"
        );

    static Task<HttpResponseMessage> AskHubAsync(
        Stack stack,
        string callback,
        string mode = "subscribe",
        string topic = "en/rss.xml",
        string? client = null
    )
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "hub")
        {
            Content = new FormUrlEncodedContent([
                new("hub.mode", mode),
                new("hub.topic", $"https://news.example.org/{topic}"),
                new("hub.callback", callback),
            ]),
        };
        if (client is not null)
        {
            request.Headers.Add("X-Forwarded-For", client);
        }
        return stack.Reader.SendAsync(request);
    }

    static void IsRefused(HttpResponseMessage answer, string why)
    {
        Assert.Equal(
            (HttpStatusCode.TooManyRequests, "application/problem+json"),
            (answer.StatusCode, answer.Content.Headers.ContentType!.MediaType)
        );
        Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
        Assert.Contains(why, answer.Content.ReadAsStringAsync().Result, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_has_the_hub_call_no_more_often_than_its_budget_says_whatever_callbacks_it_names()
    {
        await using var callback = await Callback.StartAsync();
        await using var stack = await StartAsync(("Outbound__CallsPerClientPerMinute", "10"), ("WebSub__MaxPerHost", "1000"));
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 60).Select(i => AskHubAsync(stack, callback.Address($"{i}"), client: "203.0.113.1"))
        );
        Assert.InRange(answers.Count(a => a.StatusCode == HttpStatusCode.Accepted), 10, 20);
        IsRefused(answers.First(a => a.StatusCode != HttpStatusCode.Accepted), "One client");
        using var other = await AskHubAsync(stack, callback.Address("other"), client: "203.0.113.2");
        Assert.Equal(HttpStatusCode.Accepted, other.StatusCode);
        await Eventually.Get(
            () => stack.QueryAsync("Notifications", "select count(*) from errand where kind = 'webSubIntent'"),
            c => c[0] == "0",
            "all are asked"
        );
        Assert.Equal(answers.Count(a => a.StatusCode == HttpStatusCode.Accepted) + 1, callback.Calls.Count);
    }

    [Fact]
    public async Task A_domain_is_called_no_more_often_than_its_budget_says_whoever_has_it_called_on_whatever_channel()
    {
        await using var callback = await Callback.StartAsync();
        await using var stack = await StartAsync(("Outbound__CallsPerDomainPerMinute", "10"));
        var answers = await Task.WhenAll(
            Enumerable.Range(0, 40).Select(i => AskHubAsync(stack, callback.Address($"{i}"), client: $"203.0.113.{i}"))
        );
        Assert.InRange(answers.Count(a => a.StatusCode == HttpStatusCode.Accepted), 10, 20);
        IsRefused(answers.First(a => a.StatusCode != HttpStatusCode.Accepted), "127.0.0.0/24 is called");
        using var owner = new WebhookOwner(stack.Bearer(Stack.AdminKey));
        var (_, _, webhook) = await owner.TryMakeAsync(new { kind = "webhook", url = callback.Address("webhook") });
        IsRefused(webhook, "127.0.0.0/24 is called");
        using var elsewhere = await AskHubAsync(stack, $"http://localhost:{callback.Port}/elsewhere", client: "203.0.113.200");
        Assert.Equal(HttpStatusCode.Accepted, elsewhere.StatusCode);
    }

    [Fact]
    public async Task The_same_request_to_the_hub_is_asked_about_once_however_often_it_is_made()
    {
        await using var callback = await Callback.StartAsync();
        callback.Answer = call => call.Path == "/away" ? (503, "") : Callback.Agrees(call);
        await using var stack = await StartAsync(("WebSub__VerifySchedule", "1h"));
        for (var i = 0; i < 100; i++)
        {
            using var answer = await AskHubAsync(stack, callback.Address("away"));
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        }
        using var last = await AskHubAsync(stack, callback.Address("here"));
        await Eventually.True(() => Task.FromResult(callback.Calls.Any(c => c.Path == "/here")), "what was asked for later");
        // One while it is under way, and one when it is asked for again before that one is known to wait.
        Assert.InRange(callback.Calls.Count(c => c.Path == "/away"), 1, 2);
    }

    [Fact]
    public async Task Making_and_deleting_and_enabling_webhooks_calls_no_more_often_than_the_owner_s_budget_says()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var stack = await StartAsync(
            ("Outbound__CallsPerOwnerPerMinute", "10"),
            ("Outbound__CallsPerClientPerMinute", "1000"),
            ("Outbound__CallsPerDomainPerMinute", "1000"),
            ("Webhooks__CallsPerMinute", "1000")
        );
        receiver.Answer("x?verify", 410);
        var (owner, _) = await WebhookOwner.MakeAsync(stack);
        var statuses = new List<int>();
        Guid id = default;
        for (var i = 0; i < 6; i++)
        {
            id = Stack.Id(await owner.MakeAsync(receiver.Url("x")));
            if (i < 5)
            {
                await owner.Client.DeleteAsync(new Uri($"api/subscriptions/{id}", UriKind.Relative));
            }
        }
        for (var i = 0; i < 40; i++)
        {
            await stack.ExecuteAsync(
                "Notifications",
                $"""
                update mt_doc_subscription set data = data || jsonb_build_object('state', 'disabled') where id = '{id}';
                delete from errand where kind = 'webhookVerification' and id = '{id}'
                """
            );
            statuses.Add((await owner.ActAsync(id, "enable")).Status);
        }
        Assert.InRange(statuses.Count(status => status == 200), 1, 14);
        Assert.All(statuses.Where(status => status != 200), status => Assert.Equal(429, status));
        var (made, problem, refused) = await owner.TryMakeAsync(new { kind = "webhook", url = receiver.Url("x") });
        Assert.Equal(429, made);
        IsRefused(refused, "may have others' servers called 10 times");
        Assert.InRange(receiver.All("x").Count, 1, 20);
        var (other, _) = await WebhookOwner.MakeAsync(stack);
        await other.SubscribeAsync(receiver.Url("another-owner"));
        Assert.NotNull(problem);
    }

    [Fact]
    public async Task Enabling_what_is_being_asked_already_asks_no_more_often()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var stack = await StartAsync(("Webhooks__VerifySchedule", "1h"));
        receiver.Answer("pending?verify", 500);
        using var owner = new WebhookOwner(stack.Bearer(Stack.AdminKey));
        var id = Stack.Id(await owner.MakeAsync(receiver.Url("pending")));
        await Eventually.True(() => Task.FromResult(receiver.All("pending").Count == 1), "it is asked");
        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(200, (await owner.ActAsync(id, "enable")).Status);
        }
        await owner.SubscribeAsync(receiver.Url("later"));
        Assert.Single(receiver.All("pending"));
    }

    [Fact]
    public async Task Slow_callbacks_and_endpoints_of_one_domain_hold_up_no_other()
    {
        await using var callback = await Callback.StartAsync();
        await using var receiver = await Receiver.StartAsync();
        var (release, slow) = (new TaskCompletionSource(), new SemaphoreSlim(0));
        await using var site = await Site.StartAsync(async context =>
        {
            slow.Release();
            await release.Task;
            context.Response.StatusCode = StatusCodes.Status404NotFound;
        });
        await using var stack = await StartAsync(
            ("Outbound__CallsPerClientPerMinute", "1000"),
            ("Outbound__CallsPerDomainPerMinute", "1000"),
            ("Outbound__VerificationsPerDomain", "2"),
            ("WebSub__VerifyConcurrency", "4"),
            ("Webhooks__VerifyConcurrency", "4")
        );
        using var owner = new WebhookOwner(stack.Bearer(Stack.AdminKey));
        for (var i = 0; i < 20; i++)
        {
            using var answer = await AskHubAsync(stack, $"http://127.0.0.1:{site.Port}/{i}");
            Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
            await owner.MakeAsync($"http://127.0.0.1:{site.Port}/{i}");
        }
        for (var i = 0; i < 4; i++)
        {
            await slow.WaitAsync();
        }
        // The slow ones have all that they may have, two of each kind, and others are asked beside them.
        using var hub = await AskHubAsync(stack, $"http://localhost:{callback.Port}/quick");
        await Eventually.True(
            async () => (await stack.QueryAsync("Notifications", "select count(*) from websub"))[0] == "1",
            "the quick callback is subscribed"
        );
        await owner.SubscribeAsync($"http://localhost:{receiver.Port}/quick");
        Assert.Equal(0, slow.CurrentCount);
        Assert.False(release.Task.IsCompleted);
        release.SetResult();
        await Eventually.Get(
            () => stack.QueryAsync("Notifications", "select count(*) from errand where kind = 'webSubIntent'"),
            c => c[0] == "0",
            "the slow ones have their turn too"
        );
    }

    [Fact]
    public async Task Slow_receivers_of_one_domain_hold_up_no_other_s_deliveries()
    {
        await using var receiver = await Receiver.StartAsync();
        var release = new TaskCompletionSource();
        await using var stack = await StartAsync(
            ("Deliveries__Concurrency", "6"),
            ("Deliveries__PerDomain", "4"),
            ("Outbound__CallsPerClientPerMinute", "1000"),
            ("Outbound__CallsPerDomainPerMinute", "1000"),
            ("Outbound__CallsPerOwnerPerMinute", "1000")
        );
        using var owner = new WebhookOwner(stack.Bearer(Stack.AdminKey));
        for (var i = 0; i < 12; i++)
        {
            receiver.Answer($"slow{i}", (_, _) => release.Task);
            await owner.SubscribeAsync(receiver.Url($"slow{i}"));
        }
        await owner.SubscribeAsync($"http://localhost:{receiver.Port}/quick");
        await stack.SendAsync(Broker.Article("Told"));
        await receiver.UntilAsync("quick", "Told");
        int Begun() => Enumerable.Range(0, 12).Count(i => receiver.At($"slow{i}").Count > 0);
        await Eventually.True(() => Task.FromResult(Begun() == 4), "the share of the slow ones");
        await stack.SendAsync(Broker.Article("Told again"));
        await receiver.UntilAsync("quick", "Told again");
        Assert.Equal(4, Begun());
        release.SetResult();
        await Eventually.True(() => Task.FromResult(Begun() == 12), "they all have their turn");
        await Eventually.Get(() => stack.QueryAsync("Notifications", "select count(*) from notice"), c => c[0] == "0", "nothing waits");
    }

    [Fact]
    public async Task While_so_many_callbacks_are_to_be_asked_the_hub_takes_no_more()
    {
        await using var callback = await Callback.StartAsync();
        callback.Answer = _ => (503, "");
        await using var stack = await StartAsync(("WebSub__MaxPending", "3"), ("WebSub__VerifySchedule", "1h"));
        foreach (var (path, status) in new[] { ("1", 202), ("2", 202), ("3", 202), ("4", 503), ("1", 202) })
        {
            using var answer = await AskHubAsync(stack, callback.Address(path));
            Assert.Equal((path, status), (path, (int)answer.StatusCode));
        }
    }

    [Fact]
    public void A_budget_fills_again_and_no_more_are_counted_than_may_be()
    {
        var clock = new Clock();
        var buckets = new Buckets(6, 1_000, clock);
        bool Take(string name) => buckets.TryTake(name, out _);
        Assert.Equal(6, Enumerable.Range(0, 20).Count(_ => Take("a")));
        Assert.False(buckets.TryTake("a", out var wait));
        Assert.Equal(TimeSpan.FromSeconds(10), wait);
        clock.Now += wait;
        Assert.True(Take("a"));
        buckets.Return("a");
        Assert.True(Take("a"));
        Assert.False(Take("a"));
        clock.Now += TimeSpan.FromMinutes(10);
        Assert.Equal(6, Enumerable.Range(0, 20).Count(_ => Take("a")));
        for (var i = 0; i < 5_000; i++)
        {
            Assert.True(Take($"stranger {i}"));
            Assert.InRange(buckets.Count, 1, 1_000);
        }
    }

    sealed class Clock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
