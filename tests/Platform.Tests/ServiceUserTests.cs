using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using NewsPlatform.Contracts;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Platform.Tests;

/// <summary>
/// The rights of <c>deploy/broker-permissions</c> are enough for all that the services do on the broker, what goes wrong included.
/// </summary>
public sealed class ServiceUserTests(Servers servers) : IAsyncLifetime
{
    Stack stack = null!;

    public async ValueTask InitializeAsync() =>
        stack = await Stack.StartAsync(servers, new Dictionary<string, string> { ["Outbound__Allow"] = "127.0.0.0/8" });

    public async ValueTask DisposeAsync() => await stack.DisposeAsync();

    [Fact]
    public async Task Each_service_does_its_whole_work_on_the_broker_as_a_user_of_its_own()
    {
        await using var receiver = await Receiver.StartAsync();
        using var made = await stack.Editor.PostAsJsonAsync(
            "api/keys",
            new
            {
                name = "partner",
                role = "subscriber",
                trade = true,
            }
        );
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        using var owner = new WebhookOwner(stack.Bearer((string)(await made.Content.ReadFromJsonAsync<JsonNode>())!["secret"]!));
        await Eventually.True(
            async () => (await owner.Client.GetAsync(new Uri("api/subscriptions", UriKind.Relative))).IsSuccessStatusCode,
            "the key is known by Notifications"
        );
        await owner.SubscribeAsync(receiver.Url("partner"), trade: true);

        await stack.PublishAsync(Stack.Copy("By its own user", keywords: ["users"]));
        await stack.LineUntilAsync(items => items.Count == 1, "the story", "keyword=users");
        await receiver.UntilAsync("partner", "By its own user");
        var embargoed = Stack.Id(await stack.DraftAsync(Stack.Copy("Under embargo", keywords: ["users"])));
        await stack.ActAsync(embargoed, "embargo", new { until = DateTimeOffset.UtcNow.AddDays(1) });
        await receiver.UntilAsync(
            "partner",
            calls => calls.Any(call => call.Body.Contains("Under embargo", StringComparison.Ordinal)),
            "what the trade may know"
        );

        using var rebuilt = await stack.Editor.PostAsync(new Uri("api/rebuilds/feed", UriKind.Relative), null);
        Assert.Contains("\"step\":\"done\"", await rebuilt.Content.ReadAsStringAsync(), StringComparison.Ordinal);
        await Eventually.True(
            async () => (await servers.ConnectedUsersAsync(stack.VirtualHost)).SequenceEqual(["feed", "notifications", "publishing"]),
            "each as its own user, and nobody else"
        );
    }

    [Fact]
    public async Task What_a_service_cannot_read_process_or_place_leaves_its_queue_by_its_own_rights()
    {
        // One that is no message, one whose consumer fails every time, and one that has no consumer.
        foreach (
            var (exchange, key, type, fails) in new[]
            {
                (Topology.Articles, "article.published.en.world", "ArticlePublished", """{"article":null}"""),
                (Topology.Articles, "article.imported.en.world", "ArticlePublished", """{"article":null}"""),
                (Topology.Trade, "article.published.en.world", "ArticleEmbargoed", """{"article":null}"""),
                (
                    Topology.Keys,
                    Topology.KeyChanged,
                    "KeyChanged",
                    """{"keyId":"00000000-0000-0000-0000-000000000001","version":1,"name":null,"role":null,"secrets":null}"""
                ),
                (Topology.Rebuilds, "article.published.en.world", "ArticlePublished", """{"article":null}"""),
            }
        )
        {
            await stack.SendRawAsync("not JSON at all"u8.ToArray(), exchange, key);
            await stack.SendRawAsync(Message(type, fails), exchange, key);
            await stack.SendRawAsync(Message("NobodyKnowsIt", "{}"), exchange, key);
        }
        foreach (var queue in Topology.Inboxes.Select(inbox => inbox.Queue))
        {
            await MovedAsync($"{queue}_error", queue == Topology.NotificationsKeys.Queue ? 1 : 2);
            await MovedAsync($"{queue}_skipped", 1);
            await Eventually.True(async () => await servers.MessagesAsync(stack.VirtualHost, queue) == 0, $"nothing waits in {queue}");
        }
        // And the services go on.
        await stack.PublishAsync(Stack.Copy("After the poison", keywords: ["poison"]));
        await stack.LineUntilAsync(items => items.Count == 1, "the story after it", "keyword=poison");
    }

    Task MovedAsync(string queue, int messages) =>
        Eventually.True(async () => await servers.MessagesAsync(stack.VirtualHost, queue) >= messages, $"{messages} in {queue}");

    static byte[] Message(string type, string message) =>
        Encoding.UTF8.GetBytes(
            $$"""{"messageId":"{{Guid.NewGuid()}}","messageType":["urn:message:NewsPlatform.Contracts:{{type}}"],"message":{{message}}}"""
        );
}
