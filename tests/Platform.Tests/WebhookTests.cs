using System.Net.Http.Json;
using System.Text.Json.Nodes;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Platform.Tests;

/// <summary>Somebody's server is told of what editors do, through everything that lies between.</summary>
[Collection(StoppedServers.Name)]
public sealed class WebhookTests(Servers servers)
{
    [Fact]
    public async Task Every_bulletin_comes_though_Notifications_the_broker_and_the_database_are_restarted_and_embargoes_only_to_the_trade()
    {
        await using var receiver = await Receiver.StartAsync();
        await using var stack = await Stack.StartAsync(
            servers,
            new Dictionary<string, string>
            {
                ["Outbound__Allow"] = "127.0.0.0/8",
                ["Webhooks__RetrySchedule"] = "200ms,500ms,1s,2s,2s,2s,2s,2s,2s,2s,2s,2s,2s,2s",
                ["Deliveries__LeaseSeconds"] = "10",
            }
        );
        var owner = await OwnerAsync(stack, new { name = "subscriber", role = "subscriber" });
        var trade = await OwnerAsync(
            stack,
            new
            {
                name = "agency",
                role = "subscriber",
                trade = true,
            }
        );
        var (_, secret) = await owner.SubscribeAsync(receiver.Url("public"), ["category:world"]);
        await trade.SubscribeAsync(receiver.Url("trade"), ["category:world"], trade: true);
        var headlines = new List<string>();
        foreach (
            var act in new Func<Task>[]
            {
                () => Task.CompletedTask,
                RestartNotificationsAsync,
                RestartBrokerAsync,
                servers.RestartPostgresAsync,
            }
        )
        {
            var doing = act();
            for (var i = 0; i < 5; i++)
            {
                var headline = $"News {headlines.Count}";
                headlines.Add(headline);
                await Eventually.True(
                    async () =>
                    {
                        await stack.PublishAsync(Stack.Copy(headline));
                        return true;
                    },
                    $"{headline} is published"
                );
            }
            await doing;
        }
        var embargoed = Stack.Id(await stack.DraftAsync(Stack.Copy("Not before tomorrow")));
        await stack.ActAsync(embargoed, "embargo", new { until = DateTimeOffset.UtcNow.AddDays(1) });
        Assert.Equal(
            "embargo.changed",
            (await receiver.UntilAsync("trade", "Not before tomorrow")).First(c => c.Headline == "Not before tomorrow").Type
        );
        await stack.PublishAsync(Stack.Copy("The last"));
        foreach (var path in new[] { "public", "trade" })
        {
            var calls = await receiver.UntilAsync(path, [.. headlines, "The last"]);
            Assert.Equal(
                [.. headlines, "The last"],
                calls.Where(c => c.Type == "bulletin.published").DistinctBy(c => c.Id).Select(c => c.Headline).Distinct()
            );
        }
        Assert.DoesNotContain(receiver.All("public"), c => c.Body.Contains("tomorrow", StringComparison.Ordinal));
        Assert.DoesNotContain(
            "tomorrow",
            await stack.Reader.GetStringAsync(new Uri("api/bulletins?limit=500", UriKind.Relative)),
            StringComparison.Ordinal
        );
        Assert.SkipWhen(Node.Missing is not null, Node.Missing ?? "");
        Assert.Equal("", await Receiver.FaultsAsync(secret, receiver.All("public")));

        async Task RestartNotificationsAsync()
        {
            await stack["Notifications"].KillAsync();
            stack["Notifications"].Start();
            await stack["Notifications"].ReadyAsync();
        }

        async Task RestartBrokerAsync()
        {
            await servers.StopRabbitAsync();
            await servers.StartRabbitAsync();
        }
    }

    /// <summary>Returns when Notifications knows the key.</summary>
    static async Task<WebhookOwner> OwnerAsync(Stack stack, object key)
    {
        using var made = await stack.Editor.PostAsJsonAsync("api/keys", key);
        var owner = new WebhookOwner(stack.Bearer((string)(await made.Content.ReadFromJsonAsync<JsonNode>())!["secret"]!));
        await Eventually.True(
            async () => (await owner.Client.GetAsync(new Uri("api/subscriptions", UriKind.Relative))).IsSuccessStatusCode,
            "the key opens"
        );
        return owner;
    }
}
