using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Platform.Tests;

public sealed class KeyTests(PlatformStack platform) : IClassFixture<PlatformStack>
{
    Stack Stack => platform.Stack;

    [Fact]
    public async Task A_key_that_is_made_through_the_gateway_is_known_by_notifications_and_stops_there_when_it_is_revoked()
    {
        using var made = await Stack.Editor.PostAsJsonAsync("api/keys", new { name = "reader", role = "subscriber" });
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        await OpeningAsync(1);
        using var revoked = await Stack.Editor.DeleteAsync(made.Headers.Location);
        Assert.Equal(HttpStatusCode.NoContent, revoked.StatusCode);
        await OpeningAsync(0);
    }

    [Fact]
    public async Task A_key_that_is_made_while_the_broker_is_away_opens_at_once_and_is_known_by_notifications_afterwards()
    {
        await Stack.Servers.StopRabbitAsync();
        string id;
        try
        {
            using var made = await Stack.Editor.PostAsJsonAsync("api/keys", new { name = "wire", role = "reporter" });
            var key = (await made.Content.ReadFromJsonAsync<JsonNode>())!;
            id = key["id"]!.ToString();
            using var wire = Stack.Bearer((string)key["secret"]!);
            using var look = await wire.GetAsync(new Uri($"api/articles/{Guid.Empty}", UriKind.Relative));
            Assert.Equal(HttpStatusCode.NotFound, look.StatusCode);
        }
        finally
        {
            await Stack.Servers.StartRabbitAsync();
        }
        await OpeningAsync(1);
        using var revoked = await Stack.Editor.DeleteAsync(new Uri($"api/keys/{id}", UriKind.Relative));
        await OpeningAsync(0);
    }

    [Fact]
    public async Task A_service_that_lost_its_keys_has_them_again_when_publishing_starts()
    {
        using var made = await Stack.Editor.PostAsJsonAsync("api/keys", new { name = "lost", role = "subscriber" });
        await OpeningAsync(1);
        await Stack.ExecuteAsync("Notifications", "delete from mt_doc_key");
        await OpeningAsync(0);
        await using (await Stack.StartReplicaAsync("Publishing"))
        {
            await OpeningAsync(1);
        }
        using var revoked = await Stack.Editor.DeleteAsync(made.Headers.Location);
        await OpeningAsync(0);
    }

    async Task OpeningAsync(int keys)
    {
        using var client = new HttpClient();
        await Eventually.Get(async () =>
        {
            using var answer = await client.GetAsync(new Uri(Stack["Notifications"].Management, "health/ready"));
            return (int)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["checks"]!["keys"]!["data"]!["opening"]!;
        }, opening => opening == keys, $"{keys} keys open in Notifications");
    }
}
