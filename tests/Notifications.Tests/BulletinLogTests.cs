using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using NewsPlatform.Contracts;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Notifications.Tests;

public sealed class BulletinLogTests(Servers servers, NotificationsService service) : IClassFixture<NotificationsService>
{
    Stack Stack => service.Stack;

    [Fact]
    public async Task The_log_is_read_page_by_page_whole_and_in_order_also_while_it_grows()
    {
        await using var live = await Subscriber.JoinAsync(Stack.Reader, "?topic=keyword:paged");
        await Stack.SendAsync([.. Enumerable.Range(0, 25).Select(i => Broker.Article($"Paged {i}", keywords: ["paged"]))]);
        await live.UntilAsync(r => r.Count == 25, "all of them");
        var (read, after) = (new List<string>(), 0L);
        for (
            var page = await PageAsync(Stack, "limit=10&topic=keyword:paged");
            page["items"]!.AsArray().Count > 0;
            page = await PageAsync(Stack, $"limit=10&topic=keyword:paged&after={after}")
        )
        {
            read.AddRange(page["items"]!.AsArray().Select(b => (string)b!["article"]!["headline"]!));
            after = (long)page["next"]!;
            if (read.Count == 10)
            {
                await Stack.SendAsync(Broker.Article("Paged 25", keywords: ["paged"]));
                await live.UntilAsync(r => r.Count == 26, "the new one");
            }
        }
        Assert.Equal(Enumerable.Range(0, 26).Select(i => $"Paged {i}"), read);
        Assert.Equal(live.Received.Select(r => r.Headline), read);
    }

    [Fact]
    public async Task What_is_older_than_is_kept_leaves_the_log_and_who_missed_it_is_told()
    {
        await using var stack = await Stack.StartAsync(servers, null, "Notifications");
        await using (var live = await Subscriber.JoinAsync(stack.Reader))
        {
            await stack.SendAsync([.. Enumerable.Range(1, 6).Select(i => Broker.Article($"Day {i}"))]);
            await live.UntilAsync(r => r.Count == 6, "all of them");
        }
        await stack.ExecuteAsync("Notifications", "update mt_doc_bulletin set mt_last_modified = now() - interval '31 days' where id <= 4");
        await stack["Notifications"].StopAsync();
        stack["Notifications"].Start();
        await stack["Notifications"].ReadyAsync();
        var page = await Eventually.Get(() => PageAsync(stack, "after=1"), page => (long)page["oldest"]! == 5, "the old ones are gone");
        Assert.Equal((true, 6L, "Day 5"), ((bool)page["gap"]!, (long)page["newest"]!, (string)page["items"]![0]!["article"]!["headline"]!));
        Assert.Null((await PageAsync(stack, "after=4"))["gap"]);

        await using var late = await Subscriber.JoinAsync(stack.Reader, "", "2");
        var received = await late.UntilAsync(r => r.Count == 3, "the gap and what there is");
        Assert.Equal(["gap", "published", "published"], received.Select(r => r.Kind));
        Assert.Equal((5L, 6L), ((long)received[0].Data["oldest"]!, (long)received[0].Data["newest"]!));

        // A version that was told is not told again because its bulletin is gone, and positions go on.
        await stack.SendAsync(Broker.Article("Day 7"));
        Assert.Equal("7", (await late.UntilAsync(r => r.Count == 4, "the next one"))[3].Id);
    }

    [Theory]
    [InlineData("after=x", "after")]
    [InlineData("after=-1", "after")]
    [InlineData("limit=0", "limit")]
    [InlineData("limit=501", "limit")]
    [InlineData("topic=everything", "topic")]
    [InlineData("since=1", "since")]
    public async Task A_parameter_that_cannot_be_read_is_named(string query, string parameter)
    {
        using var answer = await Stack.Reader.GetAsync(new Uri($"api/bulletins?{query}", UriKind.Relative));
        Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        Assert.NotNull((await answer.Content.ReadFromJsonAsync<JsonNode>())!["errors"]![parameter]);
    }

    [Fact]
    public async Task A_position_that_was_never_given_out_is_a_gap()
    {
        await Stack.SendAsync(Broker.Article("There is one"));
        var page = await Eventually.Get(() => PageAsync(Stack, "after=999999999"), page => (long)page["newest"]! > 0, "a bulletin");
        Assert.Equal((true, 1L), ((bool)page["gap"]!, (long)page["items"]![0]!["position"]!));
    }

    static async Task<JsonNode> PageAsync(Stack stack, string query) =>
        (await stack.Reader.GetFromJsonAsync<JsonNode>($"api/bulletins?{query}"))!;
}
