using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using NewsPlatform.Contracts;
using NewsPlatform.ServiceDefaults;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Notifications.Tests;

/// <summary>Notifications that may reach receivers at 127.0.0.1, and retries at once.</summary>
public sealed class WebhookService(Servers servers) : IAsyncLifetime
{
    public static readonly Dictionary<string, string> Settings = new()
    {
        ["Outbound__Allow"] = "127.0.0.1/32",
        ["Outbound__RequestSeconds"] = "3",
        ["Webhooks__RetrySchedule"] = "100ms,100ms,200ms,200ms,500ms,1s,1s,2s,2s,5s",
        ["Deliveries__LeaseSeconds"] = "10",
        ["Webhooks__VerifySchedule"] = "200ms",
        ["Webhooks__MaxReplay"] = "20",
        ["Webhooks__CallsPerMinute"] = "3",
        // All of the tests are one client, and call one host.
        ["Outbound__CallsPerClientPerMinute"] = "100000",
        ["Outbound__CallsPerDomainPerMinute"] = "100000",
    };

    public Stack Stack { get; private set; } = null!;
    public Receiver Receiver { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Receiver = await Receiver.StartAsync();
        Stack = await Stack.StartAsync(servers, Settings, "Notifications");
    }

    public async ValueTask DisposeAsync()
    {
        await (Stack?.DisposeAsync() ?? ValueTask.CompletedTask);
        await Receiver.DisposeAsync();
    }
}

public sealed class WebhookTests(WebhookService service) : IClassFixture<WebhookService>
{
    Stack Stack => service.Stack;
    Receiver Receiver => service.Receiver;

    static string Topic(string keyword) => $"keyword:{keyword}";

    Task PublishAsync(string keyword, params string[] headlines) =>
        Stack.SendAsync([.. headlines.Select(headline => Broker.Article(headline, keywords: [keyword]))]);

    static async Task GenuineAsync(string secret, IReadOnlyList<Called> requests)
    {
        Assert.SkipWhen(Node.Missing is not null, Node.Missing ?? "");
        Assert.NotEmpty(requests);
        Assert.Equal("", await Receiver.FaultsAsync(secret, requests));
    }

    [Fact]
    public async Task A_bulletin_comes_signed_so_that_the_foreign_library_takes_it()
    {
        var (owner, _) = await WebhookOwner.MakeAsync(Stack);
        var (_, secret) = await owner.SubscribeAsync(Receiver.Url("first"), [Topic("first")]);
        var article = Broker.Article("First words", keywords: ["first"]);
        await Stack.SendMessagesAsync(
            new ArticlePublished(article),
            new ArticleCorrected(article with { Version = 3, Headline = "Better words" }, "A word was wrong."),
            new ArticleWithdrawn(article with { Version = 4, Headline = "No words" }, PubStatus.Canceled, "It was not so.")
        );
        var calls = await Receiver.UntilAsync("first", "First words", "Better words", "No words");

        Assert.Equal(["bulletin.published", "bulletin.corrected", "bulletin.withdrawn"], calls.Select(c => c.Type));
        Assert.Equal([null, "A word was wrong.", "It was not so."], calls.Select(c => (string?)c.Json["data"]!["reason"]));
        Assert.Equal(3, calls.Select(c => c.Id).Distinct().Count());
        Assert.All(calls, c => Assert.Equal(article.ArticleId, Stack.Id(c.Json["data"]!["article"]!)));
        Assert.All(calls, c => Assert.Equal("application/json", c.Headers["content-type"]));
        Assert.All(calls, c => Assert.StartsWith("NewsPlatform", c.Headers["user-agent"], StringComparison.Ordinal));
        Assert.All(calls, c => Assert.False(c.Headers.ContainsKey("traceparent")));
        await GenuineAsync(secret, Receiver.All("first"));
        Assert.NotEqual("", await Receiver.FaultsAsync("whsec_" + Convert.ToBase64String(new byte[32]), calls));
    }

    [Fact]
    public async Task The_data_is_the_bulletin_as_on_the_stream()
    {
        var (owner, _) = await WebhookOwner.MakeAsync(Stack);
        await owner.SubscribeAsync(Receiver.Url("same"), [Topic("same")]);
        await using var subscriber = await Subscriber.JoinAsync(Stack.Reader, "?topic=keyword:same");
        await PublishAsync("same", "The same");
        var streamed = (await subscriber.UntilAsync(r => r.Count == 1, "it"))[0];
        var called = (await Receiver.UntilAsync("same", "The same"))[0];
        Assert.Equal(streamed.Data.ToJsonString(), called.Json["data"]!.ToJsonString());
    }

    [Fact]
    public async Task Nothing_is_delivered_before_the_endpoint_has_given_the_challenge_back_and_nothing_from_before()
    {
        Receiver.Answer("later?verify", 200);
        var (owner, _) = await WebhookOwner.MakeAsync(Stack);
        var made = await owner.MakeAsync(Receiver.Url("later"), [Topic("later")]);
        Assert.Equal("pending", (string)made["state"]!);
        await Eventually.True(() => Task.FromResult(Receiver.All("later").Count > 2), "it was asked again and again");
        await using var subscriber = await Subscriber.JoinAsync(Stack.Reader, "?topic=keyword:later");
        await PublishAsync("later", "Before");
        await subscriber.UntilAsync(r => r.Count == 1, "it is public");
        var (status, json) = await owner.ActAsync(Stack.Id(made), "verify");
        Assert.Equal((200, "pending", "failed"), (status, (string)json["state"]!, (string)json["attempt"]!["outcome"]!));
        Assert.Contains("challenge", (string)json["attempt"]!["fault"]!, StringComparison.Ordinal);

        Receiver.Answer("later?verify", (context, call) => context.Response.WriteAsync((string)call.Json["challenge"]!));
        await owner.StateAsync(Stack.Id(made), "active");
        await PublishAsync("later", "After");
        Assert.Equal(["After"], (await Receiver.UntilAsync("later", "After")).Select(c => c.Headline));
        Assert.Equal(
            (200, "active"),
            await owner.ActAsync(Stack.Id(made), "verify") is var (again, answer) ? (again, (string)answer["state"]!) : default
        );
        await GenuineAsync((string)made["secret"]!, Receiver.All("later"));
    }

    [Fact]
    public async Task A_verification_that_expired_says_so_and_is_begun_anew_by_enabling()
    {
        Receiver.Answer("expired?verify", 500);
        var (owner, _) = await WebhookOwner.MakeAsync(Stack);
        var id = Stack.Id(await owner.MakeAsync(Receiver.Url("expired"), [Topic("expired")]));
        await Stack.ExecuteAsync(
            "Notifications",
            $$"""
            update mt_doc_subscription set data = jsonb_set(data, '{target,verifyBy}',
                to_jsonb(to_char(now() at time zone 'utc' - interval '1 minute', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'))) where id = '{{id}}'
            """
        );
        var expired = await owner.StateAsync(id, "disabled");
        Assert.Contains("verification expired", (string)expired["disabledBecause"]!, StringComparison.Ordinal);
        var (status, refused) = await owner.ActAsync(id, "verify");
        Assert.Equal((409, "disabled"), (status, (string)refused["state"]!));
        Assert.Contains("verification expired", (string)refused["detail"]!, StringComparison.Ordinal);

        Receiver.Answer("expired?verify", (context, call) => context.Response.WriteAsync((string)call.Json["challenge"]!));
        Assert.Equal(200, (await owner.ActAsync(id, "enable")).Status);
        Assert.Null((await owner.StateAsync(id, "active"))["disabledBecause"]);
    }

    [Fact]
    public async Task A_question_that_a_crash_left_open_is_asked_again()
    {
        await using var own = await Stack.StartAsync(Stack.Servers, WebhookService.Settings, "Notifications");
        using var owner = new WebhookOwner(own.Bearer(Stack.AdminKey));
        var (asked, crashed) = (new TaskCompletionSource(), new TaskCompletionSource());
        Receiver.Answer("crash?verify", async (context, call) =>
        {
            asked.TrySetResult();
            await crashed.Task;
            await context.Response.WriteAsync((string)call.Json["challenge"]!);
        });
        var id = Stack.Id(await owner.MakeAsync(Receiver.Url("crash")));
        await asked.Task;
        await own["Notifications"].KillAsync();
        crashed.SetResult();
        own["Notifications"].Start();
        await own["Notifications"].ReadyAsync();
        await owner.StateAsync(id, "active");
        Assert.Equal(2, Receiver.All("crash").Count);
    }

    [Fact]
    public async Task What_is_refused_to_the_schedule_s_end_is_given_up_and_the_next_one_is_delivered()
    {
        await using var own = await Stack.StartAsync(
            Stack.Servers,
            new Dictionary<string, string>(WebhookService.Settings) { ["Webhooks__RetrySchedule"] = "100ms,100ms" },
            "Notifications"
        );
        using var owner = new WebhookOwner(own.Bearer(Stack.AdminKey));
        Receiver.Answer("picky", (context, call) =>
        {
            context.Response.StatusCode = call.Headline == "Never taken" ? 422 : 204;
            return Task.CompletedTask;
        });
        var (id, _) = await owner.SubscribeAsync(Receiver.Url("picky"));
        await own.SendAsync(Broker.Article("Never taken"), Broker.Article("Taken"));
        var calls = await Receiver.UntilAsync("picky", "Taken");
        Assert.Equal(["Never taken", "Never taken", "Never taken", "Taken"], calls.Select(c => c.Headline));
        Assert.Equal(2, calls.Select(c => c.Id).Distinct().Count());
        var standing = await Eventually.Get(() => owner.GetAsync(id), s => (int)s["deliveries"]!["waiting"]! == 0, "nothing waits");
        Assert.Equal("active", (string)standing["state"]!);
        Assert.Equal(1, await own.MetricAsync("Notifications", "news_deliveries_total", "outcome=\"given up\""));
    }

    [Fact]
    public async Task A_failing_endpoint_gets_each_bulletin_again_with_the_same_id_and_in_order()
    {
        var left = 4;
        Receiver.Answer("failing", (context, _) =>
        {
            context.Response.StatusCode = Interlocked.Decrement(ref left) >= 0 ? 500 : 204;
            return Task.CompletedTask;
        });
        var (owner, _) = await WebhookOwner.MakeAsync(Stack);
        var (id, secret) = await owner.SubscribeAsync(Receiver.Url("failing"), [Topic("failing")]);
        await PublishAsync("failing", "One", "Two", "Three");
        var calls = await Receiver.UntilAsync("failing", "Three");
        Assert.Equal(["One", "One", "One", "One", "One", "Two", "Three"], calls.Select(c => c.Headline));
        Assert.Equal(3, calls.Select(c => c.Id).Distinct().Count());
        await GenuineAsync(secret, calls);

        var attempts = await Eventually.Get(() => owner.AttemptsAsync(id), a => a.Count == 8, "all attempts are in the log");
        Assert.Equal(
            ["delivered", "delivered", "delivered", "failed", "failed", "failed", "failed", "delivered"],
            attempts.Select(a => (string)a["outcome"]!)
        );
        Assert.Equal(
            (500, "the endpoint answered 500", "delivery", calls[0].Id),
            (
                (int)attempts[3]["status"]!,
                (string)attempts[3]["fault"]!,
                (string)attempts[3]["about"]!,
                (string)attempts[3]["messages"]![0]!
            )
        );
        Assert.Equal("verification", (string)attempts[7]["about"]!);
        var standing = (await owner.GetAsync(id))["deliveries"]!;
        Assert.Equal((0, 0, null), ((int)standing["waiting"]!, (int)standing["failures"]!, standing["failingSince"]));
    }

    [Fact]
    public async Task The_attempt_log_is_read_page_by_page()
    {
        var (owner, _) = await WebhookOwner.MakeAsync(Stack);
        var (id, _) = await owner.SubscribeAsync(Receiver.Url("pages"), [Topic("pages")]);
        await PublishAsync("pages", "One", "Two", "Three", "Four");
        var all = await Eventually.Get(() => owner.AttemptsAsync(id), a => a.Count == 5, "all of them");
        var (read, after) = (new List<string>(), "");
        do
        {
            var page = (await owner.Client.GetFromJsonAsync<JsonNode>($"api/subscriptions/{id}/attempts?limit=2{after}"))!;
            read.AddRange(page["items"]!.AsArray().Select(a => (string)a!["id"]!));
            after = (string?)page["next"] is { } next ? $"&after={next}" : "";
        } while (after.Length > 0);
        Assert.Equal(all.Select(a => (string)a["id"]!), read);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(503)]
    public async Task An_endpoint_that_asks_to_be_left_alone_is(int busy)
    {
        var (first, path) = (true, $"busy{busy}");
        Receiver.Answer(path, (context, _) =>
        {
            (context.Response.StatusCode, context.Response.Headers.RetryAfter) = first ? (busy, "2") : (204, "");
            first = false;
            return Task.CompletedTask;
        });
        var (owner, _) = await WebhookOwner.MakeAsync(Stack);
        await owner.SubscribeAsync(Receiver.Url(path), [Topic(path)]);
        await PublishAsync(path, "Patience");
        var calls = await Receiver.UntilAsync(path, c => c.Count == 2, "both attempts");
        // The schedule alone would have it back after a tenth of a second.
        Assert.True(calls[1].At - calls[0].At > TimeSpan.FromSeconds(1.9), $"came back after {calls[1].At - calls[0].At}");
        Assert.Equal(calls[0].Id, calls[1].Id);
    }

    [Fact]
    public async Task A_redirect_is_a_failure_that_is_explained_and_not_followed()
    {
        Receiver.Answer("moved", (context, _) =>
        {
            context.Response.Redirect(Receiver.Url("elsewhere"));
            return Task.CompletedTask;
        });
        var (owner, _) = await WebhookOwner.MakeAsync(Stack);
        var (id, _) = await owner.SubscribeAsync(Receiver.Url("moved"));
        var (status, attempt) = await owner.ActAsync(id, "test");
        Assert.Equal((200, "failed", 302), (status, (string)attempt["outcome"]!, (int)attempt["status"]!));
        Assert.Contains("redirects are not followed", (string)attempt["fault"]!, StringComparison.Ordinal);
        Assert.Empty(Receiver.All("elsewhere"));
        await owner.Client.DeleteAsync(new Uri($"api/subscriptions/{id}", UriKind.Relative));
    }

    [Fact]
    public async Task An_endpoint_that_is_gone_is_disabled_at_once_and_comes_back_by_enabling_without_what_it_missed()
    {
        Receiver.Answer("gone", 410);
        var (owner, _) = await WebhookOwner.MakeAsync(Stack);
        var (id, _) = await owner.SubscribeAsync(Receiver.Url("gone"), [Topic("gone")]);
        await PublishAsync("gone", "Last", "Missed");
        var gone = await owner.StateAsync(id, "disabled");
        Assert.Contains("410", (string)gone["disabledBecause"]!, StringComparison.Ordinal);
        Assert.Equal(
            (409, "disabled"),
            await owner.ActAsync(id, "test") is var (status, json) ? (status, (string)json["state"]!) : default
        );
        Assert.Equal(409, (await owner.ActAsync(id, "replay", new { after = 0 })).Status);
        Assert.Equal(
            ["0", "0", "0"],
            await Stack.QueryAsync(
                "Notifications",
                $"""
                select count(*) from notice where subscription = '{id}'
                union all select count(*) from outbox where subscription = '{id}'
                union all select count(*) from subscription_wants where subscription = '{id}'
                """
            )
        );

        Receiver.Answer("gone", 204);
        await owner.ActAsync(id, "enable");
        await owner.StateAsync(id, "active");
        await PublishAsync("gone", "Back");
        Assert.Equal(["Last", "Back"], (await Receiver.UntilAsync("gone", "Back")).Select(c => c.Headline));
    }

    [Fact]
    public async Task An_endpoint_that_failed_for_five_days_is_disabled_and_the_owner_is_told_at_another_one()
    {
        Receiver.Answer("dead", 500);
        var (owner, _) = await WebhookOwner.MakeAsync(Stack);
        var (dead, _) = await owner.SubscribeAsync(Receiver.Url("dead"), [Topic("dead")]);
        var (_, secret) = await owner.SubscribeAsync(Receiver.Url("alive"), [Topic("nothing")]);
        await PublishAsync("dead", "Undeliverable");
        await Receiver.UntilAsync("dead", "Undeliverable");
        // As if the failures had gone on for long; a turn that is under way may write its own word over it, so again and again.
        await Eventually.True(
            async () =>
            {
                await Stack.ExecuteAsync(
                    "Notifications",
                    $"""
                    update outbox set failing_since = now() - interval '121 hours', due_at = now()
                    where subscription = '{dead}' and leased_until is null
                    """
                );
                return (string)(await owner.GetAsync(dead))["state"]! == "disabled";
            },
            "it is disabled"
        );
        Assert.Matches("no delivery succeeded since .*500", (string)(await owner.GetAsync(dead))["disabledBecause"]!);
        var told = (await Receiver.UntilAsync("alive", c => c.Count == 1, "the owner is told"))[0];
        Assert.Equal(("subscription.disabled", dead.ToString()), (told.Type, (string)told.Json["data"]!["id"]!));
        await GenuineAsync(secret, [told]);
        using var client = new HttpClient();
        Assert.Matches(
            "news_subscriptions_disabled[^\n]*channel=\"webhook\"[^\n]* [1-9]",
            await client.GetStringAsync(new Uri(Stack["Notifications"].Management, "metrics"))
        );
    }

    [Fact]
    public async Task A_slow_endpoint_delays_no_other_and_a_deleted_one_is_told_nothing_more()
    {
        var release = new TaskCompletionSource();
        Receiver.Answer("slow", (_, _) => release.Task);
        var (owner, _) = await WebhookOwner.MakeAsync(Stack);
        var (slow, _) = await owner.SubscribeAsync(Receiver.Url("slow"), [Topic("both")]);
        await owner.SubscribeAsync(Receiver.Url("quick"), [Topic("both")]);
        string[] headlines = [.. Enumerable.Range(0, 120).Select(i => $"News {i}")];
        await PublishAsync("both", headlines);
        var calls = await Receiver.UntilAsync("quick", c => c.Count >= headlines.Length, "all of them");
        Assert.Equal(headlines, calls.Select(c => c.Headline));
        Assert.Equal(["News 0"], Receiver.At("slow").Select(c => c.Headline).Distinct());

        Assert.Equal(
            HttpStatusCode.NoContent,
            (await owner.Client.DeleteAsync(new Uri($"api/subscriptions/{slow}", UriKind.Relative))).StatusCode
        );
        release.SetResult();
        await PublishAsync("both", "After the deletion");
        await Receiver.UntilAsync("quick", "After the deletion");
        await Eventually.Get(
            () =>
                Stack.QueryAsync(
                    "Notifications",
                    $"""
                    select count(*) from notice where subscription = '{slow}'
                    union all select count(*) from outbox where subscription = '{slow}'
                    union all select count(*) from delivery_attempt where subscription = '{slow}'
                    """
                ),
            counts => counts.All(count => count == "0"),
            "nothing of it is left"
        );
        Assert.Equal(["News 0"], Receiver.At("slow").Select(c => c.Headline).Distinct());
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await owner.Client.GetAsync(new Uri($"api/subscriptions/{slow}", UriKind.Relative))).StatusCode
        );
    }

    [Fact]
    public async Task An_endpoint_s_rate_is_kept()
    {
        var (owner, _) = await WebhookOwner.MakeAsync(Stack);
        await owner.SubscribeAsync(Receiver.Url("rate"), [Topic("rate")], ratePerSecond: 5);
        await PublishAsync("rate", [.. Enumerable.Range(0, 6).Select(i => $"News {i}")]);
        var calls = await Receiver.UntilAsync("rate", c => c.Count == 6, "all of them");
        Assert.True(calls[^1].At - calls[0].At > TimeSpan.FromSeconds(0.95), $"six came within {calls[^1].At - calls[0].At}");
    }

    [Theory]
    [InlineData("whsec_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_8", "whsec_+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/8=")]
    [InlineData("whsec_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_8=", "whsec_+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/8=")]
    [InlineData("whsec_+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/8", "whsec_+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/8=")]
    public async Task A_secret_is_read_in_either_alphabet_with_padding_or_without_and_is_the_same_secret(string given, string kept)
    {
        var (owner, _) = await WebhookOwner.MakeAsync(Stack);
        var part = $"alphabet-{Guid.NewGuid():N}";
        var (id, secret) = await owner.SubscribeAsync(Receiver.Url(part), [Topic(part)], given);
        Assert.Equal(kept, secret);
        await PublishAsync(part, "Signed");
        await GenuineAsync(kept, await Receiver.UntilAsync(part, "Signed"));
        Assert.Equal(
            (200, kept),
            (await owner.ActAsync(id, "rotate", new { secret = given })) is var (status, rotated)
                ? (status, (string)rotated["secret"]!)
                : default
        );
    }

    [Fact]
    public async Task While_secrets_rotate_both_sign_and_a_given_one_is_taken()
    {
        var given = "whsec_" + Convert.ToBase64String(Encoding.UTF8.GetBytes("a secret of its owner, 32 bytes."));
        var (owner, _) = await WebhookOwner.MakeAsync(Stack);
        var (id, secret) = await owner.SubscribeAsync(Receiver.Url("rotated"), [Topic("rotated")], given);
        Assert.Equal(given, secret);
        var (status, rotated) = await owner.ActAsync(id, "rotate", new { overlapSeconds = 600 });
        Assert.Equal((200, true), (status, (string)rotated["secret"]! != given));
        await PublishAsync("rotated", "Both");
        var both = await Receiver.UntilAsync("rotated", "Both");
        Assert.Equal(2, both[0].Headers["webhook-signature"].Split(' ').Length);
        await GenuineAsync(given, both);
        await GenuineAsync((string)rotated["secret"]!, both);

        var last = "";
        for (var i = 0; i < 4; i++)
        {
            last = (string)(await owner.ActAsync(id, "rotate", new { overlapSeconds = 600 })).Json["secret"]!;
        }
        await PublishAsync("rotated", "Some");
        var some = (await Receiver.UntilAsync("rotated", "Some"))[^1];
        Assert.Equal(3, some.Headers["webhook-signature"].Split(' ').Length);
        await GenuineAsync(last, [some]);
        Assert.NotEqual("", await Receiver.FaultsAsync(given, [some]));

        await owner.ActAsync(id, "rotate", new { overlapSeconds = 0 });
        await PublishAsync("rotated", "One");
        Assert.Single((await Receiver.UntilAsync("rotated", "One"))[^1].Headers["webhook-signature"].Split(' '));
        Assert.DoesNotContain("secret", (await owner.GetAsync(id)).ToJsonString(), StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_test_is_delivered_at_once_and_answered_with_what_became_of_it()
    {
        var (owner, _) = await WebhookOwner.MakeAsync(Stack);
        var (id, secret) = await owner.SubscribeAsync(Receiver.Url("tested"), [Topic("nothing")]);
        var (status, attempt) = await owner.ActAsync(id, "test");
        Assert.Equal(
            (200, "delivered", 204, "test"),
            (status, (string)attempt["outcome"]!, (int)attempt["status"]!, (string)attempt["about"]!)
        );
        var call = Assert.Single(Receiver.At("tested"));
        Assert.Equal(("subscription.test", (string)attempt["messages"]![0]!), (call.Type, call.Id));
        await GenuineAsync(secret, [call]);
        Assert.Equal("test", (string)(await owner.AttemptsAsync(id))[0]["about"]!);

        Receiver.Answer("tested", 500);
        Assert.Equal("the endpoint answered 500", (string)(await owner.ActAsync(id, "test")).Json["fault"]!);
        Assert.Equal("active", (string)(await owner.GetAsync(id))["state"]!);
        await owner.ActAsync(id, "test");
        Assert.Equal(429, (await owner.ActAsync(id, "test")).Status);
    }

    [Fact]
    public async Task A_range_is_told_again_with_the_same_ids()
    {
        var (owner, _) = await WebhookOwner.MakeAsync(Stack);
        var (id, _) = await owner.SubscribeAsync(Receiver.Url("again"), ["keyword:again,language:en"]);
        await PublishAsync("again", "One", "Two", "Three", "Four");
        await Stack.SendAsync(Broker.Article("Another language", keywords: ["again"], language: "az"));
        var calls = await Receiver.UntilAsync("again", "One", "Two", "Three", "Four");
        var positions = calls.Select(c => (long)c.Json["data"]!["position"]!).ToArray();
        var (status, replay) = await owner.ActAsync(id, "replay", new { after = positions[0], upTo = positions[2] });
        Assert.Equal((202, 2), (status, (int)replay["bulletins"]!));
        var again = (await Receiver.UntilAsync("again", c => c.Count == 6, "the two of them")).Skip(4);
        Assert.Equal(calls.Skip(1).Take(2).Select(c => (c.Id, c.Body)), again.Select(c => (c.Id, c.Body)));

        Assert.Equal(2, (int)(await owner.ActAsync(id, "replay", new { after = positions[1] })).Json["bulletins"]!);
        await Receiver.UntilAsync("again", c => c.Count == 8, "up to the newest");
        foreach (
            var (member, body) in new (string, object)[]
            {
                ("after", new { }),
                ("after", new { after = -1 }),
                ("upTo", new { after = 0, upTo = 999_999_999 }),
                ("upTo", new { after = 5, upTo = 2 }),
            }
        )
        {
            var (refused, problem) = await owner.ActAsync(id, "replay", body);
            Assert.Equal((422, true), (refused, problem["errors"]!.AsObject().ContainsKey(member)));
        }
    }

    [Fact]
    public async Task More_than_may_be_told_again_at_once_is_refused_with_where_to_end()
    {
        var (owner, _) = await WebhookOwner.MakeAsync(Stack);
        var (id, _) = await owner.SubscribeAsync(Receiver.Url("many"), [Topic("many")]);
        await PublishAsync("many", [.. Enumerable.Range(0, 25).Select(i => $"News {i}")]);
        var calls = await Receiver.UntilAsync("many", c => c.Count == 25, "all of them");
        var (status, problem) = await owner.ActAsync(id, "replay", new { after = 0 });
        Assert.Equal(422, status);
        var twentieth = (long)calls[19].Json["data"]!["position"]!;
        Assert.EndsWith($"end at {twentieth}", (string)problem["errors"]!["upTo"]![0]!, StringComparison.Ordinal);
        Assert.Equal(20, (int)(await owner.ActAsync(id, "replay", new { after = 0, upTo = twentieth })).Json["bulletins"]!);
    }

    [Fact]
    public async Task Only_a_subscriber_of_the_trade_is_told_of_what_is_under_embargo_and_nobody_else_before_its_time()
    {
        var (trade, key) = await WebhookOwner.MakeAsync(Stack, trade: true);
        var (ordinary, _) = await WebhookOwner.MakeAsync(Stack);
        var (_, secret) = await trade.SubscribeAsync(Receiver.Url("trade"), [Topic("secret")], trade: true);
        await trade.SubscribeAsync(Receiver.Url("trade-without"), [Topic("secret")]);
        await ordinary.SubscribeAsync(Receiver.Url("ordinary"), [Topic("secret")]);
        await using var stream = await Subscriber.JoinAsync(Stack.Reader, "?topic=keyword:secret");
        var until = DateTimeOffset.UtcNow.AddHours(1);
        var article = Broker.Article("Not yet", keywords: ["secret"]);
        await Stack.SendTradeAsync(new ArticleEmbargoed(article, until, "Call the desk."));
        var told = (await Receiver.UntilAsync("trade", "Not yet"))[0];
        Assert.Equal(
            ("embargo.changed", until.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss", null), "<p>Not yet</p>", "Call the desk."),
            (
                told.Type,
                ((string)told.Json["data"]!["embargoedUntil"]!)[..19],
                (string)told.Json["data"]!["body"]!,
                (string)told.Json["data"]!["editorNote"]!
            )
        );

        // What comes after it has come to everybody, and the story has not.
        await PublishAsync("secret", "For everybody");
        await stream.UntilAsync(r => r.Count > 0, "the public one");
        foreach (var path in new[] { "trade", "trade-without", "ordinary" })
        {
            await Receiver.UntilAsync(path, "For everybody");
        }
        Assert.DoesNotContain(stream.Received, r => r.Data.ToJsonString().Contains("Not yet", StringComparison.Ordinal));
        Assert.DoesNotContain(Receiver.All("ordinary").Concat(Receiver.All("trade-without")), c =>
            c.Body.Contains("Not yet", StringComparison.Ordinal)
        );
        Assert.DoesNotContain(
            "Not yet",
            await Stack.Reader.GetStringAsync(new Uri("api/bulletins?limit=500", UriKind.Relative)),
            StringComparison.Ordinal
        );
        Assert.Equal(HttpStatusCode.Unauthorized, (await Stack.Reader.GetAsync(new Uri("api/embargoed", UriKind.Relative))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await ordinary.Client.GetAsync(new Uri("api/embargoed", UriKind.Relative))).StatusCode);

        // Free at its time, to everybody; withdrawn while under embargo, to the trade alone.
        await Stack.SendAsync(article with { Version = 3, Headline = "Free now" });
        await Receiver.UntilAsync("ordinary", "Free now");
        Assert.Equal("bulletin.published", (await Receiver.UntilAsync("trade", "Free now"))[^1].Type);
        var killed = Broker.Article("Never", keywords: ["secret"]);
        await Stack.SendTradeAsync(
            new ArticleEmbargoed(killed, until),
            new ArticleWithdrawn(killed with { Version = 3, Body = "" }, PubStatus.Canceled, "It is false.")
        );
        var withdrawn = (await Receiver.UntilAsync("trade", c => c.Any(one => one.Type == "embargo.withdrawn"), "the withdrawal"))[^1];
        Assert.Equal("It is false.", (string)withdrawn.Json["data"]!["reason"]!);
        await GenuineAsync(secret, Receiver.All("trade"));

        // Who leaves the trade is told no more of it, and of everything else as before.
        await Stack.SendAsync(key with { Version = 2, Trade = false });
        await Eventually.True(
            async () => (await trade.Client.GetAsync(new Uri("api/embargoed", UriKind.Relative))).StatusCode == HttpStatusCode.Forbidden,
            "the key has left the trade"
        );
        await Stack.SendTradeAsync(new ArticleEmbargoed(Broker.Article("For the trade alone", keywords: ["secret"]), until));
        await Eventually.Get(
            () =>
                Stack.QueryAsync(
                    "Notifications",
                    "select count(*) from mt_doc_tradebulletin where data -> 'article' ->> 'headline' = 'For the trade alone'"
                ),
            c => c[0] == "1",
            "it is in the trade's log"
        );
        await PublishAsync("secret", "For everybody still");
        await Receiver.UntilAsync("trade", "For everybody still");
        await Eventually.Get(
            () => Stack.QueryAsync("Notifications", "select count(*) from notice where log = 2"),
            c => c[0] == "0",
            "nothing of the trade's waits"
        );
        Assert.DoesNotContain(Receiver.All("trade"), c => c.Headline == "For the trade alone");
    }

    [Fact]
    public async Task An_import_and_a_replay_of_the_bus_tell_nobody()
    {
        var (owner, _) = await WebhookOwner.MakeAsync(Stack);
        var (id, _) = await owner.SubscribeAsync(Receiver.Url("archive"), [Topic("archive")]);
        var article = Broker.Article("News", keywords: ["archive"]);
        await Stack.SendAsync(article);
        await Receiver.UntilAsync("archive", "News");
        await Stack.SendMessagesAsync(
            new ArticlePublished(Broker.Article("From the archive", keywords: ["archive"]), Imported: true),
            new ArticlePublished(article),
            new ArticlePublished(article)
        );
        await PublishAsync("archive", "Newer");
        Assert.Equal(["News", "Newer"], (await Receiver.UntilAsync("archive", "Newer")).Select(c => c.Headline));
        await Eventually.Get(
            () => Stack.QueryAsync("Notifications", $"select count(*) from notice where subscription = '{id}'"),
            c => c[0] == "0",
            "nothing waits"
        );
        Assert.Equal(2, Receiver.At("archive").Count);
    }

    [Fact]
    public async Task A_revoked_key_ends_what_belongs_to_it()
    {
        var (owner, key) = await WebhookOwner.MakeAsync(Stack);
        var (id, _) = await owner.SubscribeAsync(Receiver.Url("revoked"), [Topic("revoked")]);
        var (admin, _) = await WebhookOwner.MakeAsync(Stack, Roles.Admin);
        await Stack.SendAsync(key with { Version = 2, Revoked = true });
        await Eventually.True(
            async () =>
                (await owner.Client.GetAsync(new Uri("api/subscriptions", UriKind.Relative))).StatusCode == HttpStatusCode.Unauthorized,
            "the key opens no more"
        );
        await PublishAsync("revoked", "Not for them");
        Assert.Contains("key", (string)(await admin.StateAsync(id, "disabled"))["disabledBecause"]!, StringComparison.Ordinal);
        Assert.Empty(Receiver.At("revoked"));
    }

    [Fact]
    public async Task A_subscription_belongs_to_its_key_and_admins_see_all()
    {
        var (owner, _) = await WebhookOwner.MakeAsync(Stack);
        var (other, _) = await WebhookOwner.MakeAsync(Stack);
        var (admin, _) = await WebhookOwner.MakeAsync(Stack, Roles.Admin);
        var (first, _) = await owner.SubscribeAsync(Receiver.Url("mine"), [Topic("mine")]);
        var (second, _) = await owner.SubscribeAsync(Receiver.Url("mine"), [Topic("mine")]);
        var list = (await owner.Client.GetFromJsonAsync<JsonNode>("api/subscriptions?limit=1"))!;
        Assert.Equal(second, Stack.Id(Assert.Single(list["items"]!.AsArray())!));
        var rest = (await owner.Client.GetFromJsonAsync<JsonNode>($"api/subscriptions?limit=1&after={list["next"]}"))!;
        Assert.Equal((first, null), (Stack.Id(Assert.Single(rest["items"]!.AsArray())!), rest["next"]));

        Assert.Empty((await other.Client.GetFromJsonAsync<JsonNode>("api/subscriptions"))!["items"]!.AsArray());
        var path = new Uri($"api/subscriptions/{first}", UriKind.Relative);
        Assert.Equal(HttpStatusCode.NotFound, (await other.Client.GetAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await other.Client.DeleteAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await other.Client.GetAsync(new Uri($"{path}/attempts", UriKind.Relative))).StatusCode);
        foreach (var act in new[] { "verify", "enable", "rotate", "test" })
        {
            Assert.Equal(404, (await other.ActAsync(first, act)).Status);
            Assert.Equal(
                HttpStatusCode.Unauthorized,
                (await Stack.Reader.PostAsync(new Uri($"{path}/{act}", UriKind.Relative), null)).StatusCode
            );
        }
        Assert.Equal(404, (await other.ActAsync(first, "replay", new { after = 0 })).Status);
        Assert.Equal(HttpStatusCode.Unauthorized, (await Stack.Reader.GetAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await admin.Client.GetAsync(path)).StatusCode);
        Assert.Contains((await admin.Client.GetFromJsonAsync<JsonNode>("api/subscriptions?limit=200"))!["items"]!.AsArray(), s =>
            Stack.Id(s!) == first
        );
        await PublishAsync("mine", "Still told");
        await Receiver.UntilAsync("mine", c => c.Count == 2, "both of them");
    }

    [Theory]
    [InlineData(Roles.Editor)]
    [InlineData(Roles.Reporter)]
    public async Task Who_may_do_more_than_a_subscriber_may_have_one_too(string role)
    {
        var (owner, key) = await WebhookOwner.MakeAsync(Stack, role);
        await owner.SubscribeAsync(Receiver.Url($"a-{role}"), [$"keyword:for-a-{role}"]);
        await PublishAsync($"for-a-{role}", "Told");
        await Receiver.UntilAsync($"a-{role}", c => c.Count == 1, "the bulletin");
        Assert.Equal(
            403,
            (
                await owner.TryMakeAsync(
                    new
                    {
                        kind = "webhook",
                        url = Receiver.Url($"a-{role}"),
                        trade = true,
                    }
                )
            ).Status
        );
        Assert.Equal(role, key.Role);
    }

    [Fact]
    public async Task Nobody_without_a_key_and_nobody_outside_the_trade_may_have_what_takes_one()
    {
        var nobody = new WebhookOwner(Stack.Reader);
        Assert.Equal(
            (401, "Bearer"),
            await nobody.TryMakeAsync(new { kind = "webhook", url = Receiver.Url("nobody") }) is var (status, _, answer)
                ? (status, answer.Headers.WwwAuthenticate.ToString())
                : default
        );
        var (owner, _) = await WebhookOwner.MakeAsync(Stack);
        Assert.Equal(
            403,
            (
                await owner.TryMakeAsync(
                    new
                    {
                        kind = "webhook",
                        url = Receiver.Url("nobody"),
                        trade = true,
                    }
                )
            ).Status
        );
        var (admin, _) = await WebhookOwner.MakeAsync(Stack, Roles.Admin);
        Assert.Equal(
            403,
            (
                await admin.TryMakeAsync(
                    new
                    {
                        kind = "webhook",
                        url = Receiver.Url("nobody"),
                        trade = true,
                    }
                )
            ).Status
        );
        Assert.Empty(Receiver.All("nobody"));
    }

    public static TheoryData<int, string, string> BadRequests =>
        new()
        {
            { 400, "kind", """{"url": "https://example.org/"}""" },
            { 400, "kind", """{"kind": "pigeon", "url": "https://example.org/"}""" },
            { 400, "body", """{"kind": "webhook", """ },
            { 400, "colour", """{"kind": "webhook", "url": "https://example.org/", "colour": "red"}""" },
            { 400, "trade", """{"kind": "webhook", "url": "https://example.org/", "trade": "yes"}""" },
            { 400, "topics", """{"kind": "webhook", "url": "https://example.org/", "topics": ["nonsense"]}""" },
            { 400, "topics", """{"kind": "webhook", "url": "https://example.org/", "topics": [null]}""" },
            { 400, "topics", $$"""{"kind": "webhook", "url": "https://example.org/", "topics": ["keyword:{{new string('k', 1_000)}}"]}""" },
            {
                400,
                "topics",
                $$"""
                    {"url": "https://example.org/", "topics": [{{string.Join(',', Enumerable.Repeat("\"breaking\"", 5_000))}}],
                        "kind": "webhook"}
                    """
            },
            { 413, "", $$"""{"kind": "webhook", "topics": [{{string.Join(',', Enumerable.Repeat("\"breaking\"", 10_000))}}]}""" },
            { 422, "url", """{"kind": "webhook"}""" },
            { 422, "url", """{"kind": "webhook", "url": "not an address"}""" },
            { 422, "url", """{"kind": "webhook", "url": "ftp://example.org/"}""" },
            { 422, "url", """{"kind": "webhook", "url": "https://user:password@example.org/"}""" },
            { 422, "url", """{"kind": "webhook", "url": "https://localhost./"}""" },
            { 422, "url", """{"kind": "webhook", "url": "https://[::1]/"}""" },
            { 422, "url", """{"kind": "webhook", "url": "https://[::ffff:10.0.0.1]/"}""" },
            { 422, "url", """{"kind": "webhook", "url": "https://3232235777/"}""" },
            { 422, "url", """{"kind": "webhook", "url": "https://0x0a000001/"}""" },
            { 422, "url", """{"kind": "webhook", "url": "https://169.254.169.254/latest/meta-data"}""" },
            { 422, "url", """{"kind": "webhook", "url": "http://8.8.8.8/"}""" },
            { 422, "url", """{"kind": "webhook", "url": "https://no-such-host.invalid/"}""" },
            { 422, "url", $$"""{"kind": "webhook", "url": "https://example.org/{{new string('u', 3_000)}}"}""" },
            { 422, "url", """{"kind": "webhook", "url": "https://0.0.0.0/"}""" },
            { 422, "url", """{"kind": "webhook", "url": "https://[::]/"}""" },
            { 422, "url", """{"kind": "webhook", "url": "https://example.org/\u0000"}""" },
            { 400, "topics", """{"kind": "webhook", "url": "https://example.org/", "topics": ["keyword:a\u0000b"]}""" },
            { 422, "description", """{"kind": "webhook", "url": "https://example.org/", "description": "a\u0000b"}""" },
            { 422, "secret", """{"kind": "webhook", "url": "https://example.org/", "secret": "hunter2"}""" },
            { 422, "secret", """{"kind": "webhook", "url": "https://example.org/", "secret": "whsec_c2hvcnQ="}""" },
            {
                422,
                "secret",
                $$"""{"kind": "webhook", "url": "https://example.org/", "secret": "whsec_{{Convert.ToBase64String(new byte[65])}}"}"""
            },
            {
                422,
                "secret",
                """{"kind": "webhook", "url": "https://example.org/", "secret": "whsec_+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/+/-_"}"""
            },
            {
                422,
                "secret",
                """{"kind": "webhook", "url": "https://example.org/", "secret": "whsec_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_-_8 "}"""
            },
            { 422, "ratePerSecond", """{"kind": "webhook", "url": "https://example.org/", "ratePerSecond": 0}""" },
            { 422, "ratePerSecond", """{"kind": "webhook", "url": "https://example.org/", "ratePerSecond": 1e9}""" },
            { 422, "description", $$"""{"kind": "webhook", "url": "https://example.org/", "description": "{{new string('d', 300)}}"}""" },
        };

    [Theory]
    [MemberData(nameof(BadRequests))]
    public async Task What_cannot_be_taken_is_refused_by_name_and_stores_nothing(int status, string member, string body)
    {
        var (owner, _) = await WebhookOwner.MakeAsync(Stack);
        using var answer = await owner.Client.PostAsync(
            new Uri("api/subscriptions", UriKind.Relative),
            new StringContent(body, Encoding.UTF8, "application/json")
        );
        var problem = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
        Assert.Equal((status, "application/problem+json"), ((int)answer.StatusCode, answer.Content.Headers.ContentType!.MediaType));
        if (member.Length > 0)
        {
            Assert.Equal(member, Assert.Single(problem["errors"]!.AsObject()).Key);
        }
        Assert.Empty((await owner.Client.GetFromJsonAsync<JsonNode>("api/subscriptions"))!["items"]!.AsArray());
    }

    [Fact]
    public async Task The_first_key_may_have_a_webhook_too_and_it_is_told()
    {
        using var admin = new WebhookOwner(Stack.Bearer(Stack.AdminKey));
        await admin.SubscribeAsync(Receiver.Url("first-key"), [Topic("first-key")]);
        await PublishAsync("first-key", "For the first key");
        Assert.Equal(["For the first key"], (await Receiver.UntilAsync("first-key", "For the first key")).Select(c => c.Headline));
    }

    [Fact]
    public async Task The_reference_s_example_can_be_sent_and_its_rules_are_kept()
    {
        var document = (await Stack.Reader.GetFromJsonAsync<JsonNode>("openapi/notifications.json"))!;
        var make = document["paths"]!["/api/subscriptions"]!["post"]!;
        var request = document["components"]!["schemas"]!["SubscriptionRequest"]!;
        Assert.Equal(
            ("kind", true),
            ((string)request["discriminator"]!["propertyName"]!, request["discriminator"]!["mapping"]!.AsObject().ContainsKey("webhook"))
        );
        Assert.Null(document["components"]!["schemas"]!["SubscriptionRequestBase"]);
        var example = make["requestBody"]!["content"]!["application/json"]!["example"]!.DeepClone();
        example["url"] = Receiver.Url("example");
        var (owner, _) = await WebhookOwner.MakeAsync(Stack);
        var (status, made, _) = await owner.TryMakeAsync(example);
        Assert.Equal((201, ""), (status, status == 201 ? "" : made.ToJsonString()));
        Assert.Equal(
            [],
            made.AsObject()
                .Select(m => m.Key)
                .Except(document["components"]!["schemas"]!["SubscriptionView"]!["properties"]!.AsObject().Select(p => p.Key))
        );
        Assert.SkipWhen(Node.Missing is not null, Node.Missing ?? "");
        var file = Path.Combine(AppContext.BaseDirectory, "notifications.json");
        await File.WriteAllTextAsync(file, document.ToJsonString());
        Assert.Equal("", await Node.RunAsync("", "openapi.js", file));
    }

    [Theory]
    [InlineData("rotate", """{"overlapSeconds": -1}""", 422, "overlapSeconds")]
    [InlineData("rotate", """{"secret": "short"}""", 422, "secret")]
    [InlineData("rotate", """{"overlap": 1}""", 400, "overlap")]
    [InlineData("replay", """{"after": "x"}""", 400, "after")]
    public async Task What_an_act_cannot_take_is_refused_by_name(string act, string body, int status, string member)
    {
        var (owner, _) = await WebhookOwner.MakeAsync(Stack);
        var (id, _) = await owner.SubscribeAsync(Receiver.Url("acts"), [Topic("nothing")]);
        using var answer = await owner.Client.PostAsync(
            new Uri($"api/subscriptions/{id}/{act}", UriKind.Relative),
            new StringContent(body, Encoding.UTF8, "application/json")
        );
        Assert.Equal(
            (status, member),
            ((int)answer.StatusCode, Assert.Single(JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["errors"]!.AsObject()).Key)
        );
        using var cursor = await owner.Client.GetAsync(new Uri($"api/subscriptions/{id}/attempts?after=nonsense", UriKind.Relative));
        Assert.Equal(HttpStatusCode.BadRequest, cursor.StatusCode);
    }
}

/// <summary>What several instances do together, and what becomes of it when one of them dies.</summary>
public sealed class WebhookReplicaTests(Servers servers)
{
    [Fact]
    public async Task Every_bulletin_comes_in_order_and_repetitions_have_its_id_when_replicas_are_killed_in_the_middle()
    {
        const int Bulletins = 240;
        await using var receiver = await Receiver.StartAsync();
        await using var stack = await Stack.StartAsync(servers, WebhookService.Settings, "Notifications");
        var (owner, _) = await WebhookOwner.MakeAsync(stack);
        var secrets = new Dictionary<string, string>();
        foreach (
            var (path, topics) in new[]
            {
                ("all", Array.Empty<string>()),
                ("even", ["keyword:even"]),
                ("both", ["keyword:even,breaking", "keyword:odd"]),
                ("one", ["keyword:none"]),
            }
        )
        {
            secrets[path] = (await owner.SubscribeAsync(receiver.Url(path), topics)).Secret;
        }
        // Slow enough for the middle to be long.
        receiver.Answer("all", async (context, _) =>
        {
            await Task.Delay(5);
            context.Response.StatusCode = 200;
        });
        var replica = await stack.StartReplicaAsync("Notifications");
        var articles = Enumerable
            .Range(0, Bulletins)
            .Select(i => Broker.Article($"News {i}", keywords: [i % 2 == 0 ? "even" : "odd"], breaking: i % 4 == 0))
            .ToArray();
        var sending = stack.SendAsync(articles);
        await receiver.UntilAsync("all", c => c.Count > 20, "some came");
        await stack["Notifications"].KillAsync();
        await receiver.UntilAsync("all", c => c.Select(one => one.Id).Distinct().Count() > Bulletins / 2, "the other one goes on");
        stack["Notifications"].Start();
        await replica.KillAsync();
        await sending;
        foreach (
            var (path, wanted) in new (string, Func<int, bool>)[]
            {
                ("all", _ => true),
                ("even", i => i % 2 == 0),
                ("both", i => i % 4 == 0 || i % 2 == 1),
            }
        )
        {
            string[] expected = [.. Enumerable.Range(0, Bulletins).Where(wanted).Select(i => $"News {i}")];
            var calls = await receiver.UntilAsync(
                path,
                c => c.Select(one => one.Id).Distinct().Count() >= expected.Length,
                $"all of {path}"
            );
            Assert.Equal(expected, calls.DistinctBy(c => c.Id).Select(c => c.Headline));
            Assert.Equal(expected.Length, calls.Select(c => (c.Id, c.Headline)).Distinct().Count());
            Assert.SkipWhen(Node.Missing is not null, Node.Missing ?? "");
            Assert.Equal("", await Receiver.FaultsAsync(secrets[path], calls));
        }
        Assert.Empty(receiver.At("one"));
        await Eventually.Get(
            () => stack.QueryAsync("Notifications", "select count(*) from notice union all select count(*) from outbox"),
            c => c.All(count => count == "0"),
            "nothing waits any more"
        );
        await replica.DisposeAsync();
    }
}

/// <summary>What a service of its own shows, since it is restarted or has settings of its own.</summary>
public sealed class WebhookLimitTests(Servers servers)
{
    [Fact]
    public async Task An_owner_has_no_more_than_the_limit_however_fast_they_are_made()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var stack = await Stack.StartAsync(
            servers,
            new Dictionary<string, string>(WebhookService.Settings) { ["Webhooks__MaxPerOwner"] = "3" },
            "Notifications"
        );
        var (owner, _) = await WebhookOwner.MakeAsync(stack);
        var made = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(i => owner.TryMakeAsync(new { kind = "webhook", url = receiver.Url($"{i}") }))
        );
        Assert.Equal((3, 5), (made.Count(m => m.Status == 201), made.Count(m => m.Status == 409)));
        var refused = made.First(m => m.Status == 409).Json;
        Assert.Equal(("urn:newsplatform:problem:too-many-subscriptions", 3), ((string)refused["type"]!, (int)refused["limit"]!));
        Assert.Equal(
            $"/api/subscriptions/{made.First(m => m.Status == 201).Json["id"]}",
            made.First(m => m.Status == 201).Answer.Headers.Location!.ToString()
        );
    }

    [Theory]
    [InlineData("Webhooks__RetrySchedule", "5s,soon", "soon")]
    [InlineData("Webhooks__VerifySchedule", "", "VerifySchedule")]
    [InlineData("Webhooks__RatePerSecond", "0", "RatePerSecond")]
    [InlineData("Outbound__Allow", "127.0.0.1/99", "127.0.0.1/99")]
    public async Task Bad_settings_stop_the_service_with_a_line_that_names_them(string name, string value, string named)
    {
        await using var process = new ServiceProcess(
            "Notifications",
            new Dictionary<string, string>
            {
                ["Database__ConnectionString"] = "Host=127.0.0.1",
                ["Messaging__Host"] = "127.0.0.1",
                ["Messaging__User"] = "u",
                ["Messaging__Password"] = "p",
                [name] = value,
            }
        );
        process.Start();
        Assert.Equal(78, await process.ExitAsync());
        await Eventually.True(
            () =>
                Task.FromResult(
                    process.Output.Any(line =>
                        line.Contains(name, StringComparison.Ordinal) && line.Contains(named, StringComparison.Ordinal)
                    )
                ),
            "the line that names it"
        );
    }
}
