using System.Net.Http.Json;
using System.Text.Json.Nodes;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Platform.Tests;

/// <summary>Instances that hang with their lead, their messages and their locks: the others do their work meanwhile.</summary>
public sealed class HangTests(Servers servers)
{
    static readonly CancellationToken ct = TestContext.Current.CancellationToken;
    static readonly string[] names = ["Publishing", "Feed", "Notifications"];

    [Fact]
    public async Task What_hangs_holds_nothing_up_and_does_no_harm_when_it_goes_on()
    {
        await using var stack = await Stack.StartAsync(servers);
        await using var publishing = await stack.StartReplicaAsync("Publishing");
        await using var feed = await stack.StartReplicaAsync("Feed");
        await using var notifications = await stack.StartReplicaAsync("Notifications");
        await using var gateway = await stack.StartReplicaAsync(
            "Gateway",
            [
                .. Stack.Destination("publishing", publishing),
                .. Stack.Destination("feed", feed),
                .. Stack.Destination("notifications", notifications),
            ]
        );
        using var editor = stack.Bearer(Stack.AdminKey, gateway.Address);
        using var reader = new HttpClient { BaseAddress = gateway.Address };
        using var listener = new HttpClient { BaseAddress = gateway.Address, Timeout = Timeout.InfiniteTimeSpan };
        await using var subscriber = await Subscriber.JoinAsync(listener);
        var told = new List<string>();

        await PublishAsync("Before");
        // The first instances have the lead, and messages under way.
        await Task.WhenAll(names.Select(name => stack[name].PauseAsync()));
        for (var i = 0; i < 5; i++)
        {
            await PublishAsync($"Meanwhile {i}");
        }
        await Task.WhenAll(names.Select(name => stack[name].GoOnAsync()));
        await PublishAsync("After");
        await stack.LineUntilAsync(
            items => items.Select(item => (string)item["headline"]!).ToHashSet().SetEquals(told),
            "the stories at the instances that hung"
        );
        Assert.Equal(told, subscriber.Received.Where(e => e.Kind == "published").Select(e => e.Headline));

        async Task PublishAsync(string headline)
        {
            using var draft = await editor.PostAsJsonAsync("api/articles", Stack.Copy(headline), ct);
            var id = Stack.Id((await draft.EnsureSuccessStatusCode().Content.ReadFromJsonAsync<JsonNode>(ct))!);
            using var publish = await editor.SendAsync(stack.Write(HttpMethod.Post, $"api/articles/{id}/publish"), ct);
            publish.EnsureSuccessStatusCode();
            told.Add(headline);
            await Eventually.True(
                async () =>
                    (await reader.GetFromJsonAsync<JsonNode>("api/news", ct))!["items"]!
                        .AsArray()
                        .Any(item => (string)item!["headline"]! == headline),
                $"{headline} at the other instance of Feed"
            );
            await subscriber.UntilAsync(all => all.Any(e => e.Data["article"] is not null && e.Headline == headline), headline);
        }
    }
}
