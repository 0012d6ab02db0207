using System.Net;
using System.Text;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Notifications.Tests;

/// <summary>Topics of the hub that are filtered by what no bulletin says: only the feed itself tells what belongs to them.</summary>
public sealed class HubFilterTests(Servers servers)
{
    static readonly CancellationToken ct = TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_feed_of_one_author_is_distributed_for_that_author_s_stories_and_for_no_others()
    {
        await using var callback = await Callback.StartAsync();
        await using var stack = await Stack.StartAsync(
            servers,
            new Dictionary<string, string> { ["Outbound__Allow"] = "127.0.0.0/8", ["WebSub__LagSeconds"] = "1" },
            "Feed",
            "Notifications",
            "Gateway"
        );
        using var answer = await stack.Reader.PostAsync(
            new Uri("hub", UriKind.Relative),
            new FormUrlEncodedContent([
                new("hub.mode", "subscribe"),
                new("hub.topic", new Uri(stack.Reader.BaseAddress!, "en/rss.xml?author=Ann%20Author").ToString()),
                new("hub.callback", callback.Address("ann")),
            ]),
            ct
        );
        Assert.Equal(HttpStatusCode.Accepted, answer.StatusCode);
        await Eventually.True(async () => await CountAsync("mt_doc_subscription") == 1, "the subscription is active");

        await stack.SendAsync(Broker.Article("By nobody"));
        await Eventually.True(async () => await CountAsync("bulletin_head where position > 0") == 1, "the bulletin is in the log");
        await Eventually.True(async () => await CountAsync("fan_out where log = 1 and position > 0") == 1, "the bulletin is spread");
        await Eventually.True(async () => await CountAsync("notice") == 0, "it was looked for and is over");
        Assert.Empty(callback.Posts("ann"));

        await stack.SendAsync(Broker.Article("By Ann") with { Bylines = ["Ann Author"] });
        var posts = await Eventually.Get(() => Task.FromResult(callback.Posts("ann")), posts => posts.Count > 0, "the distribution");
        Assert.Contains("By Ann", Encoding.UTF8.GetString(Assert.Single(posts).Body), StringComparison.Ordinal);

        async Task<int> CountAsync(string rows) =>
            int.Parse((await stack.QueryAsync("Notifications", $"select count(*) from {rows}"))[0]!, null);
    }
}
