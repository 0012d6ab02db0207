using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Platform.Tests;

/// <summary>Limits of the services behind the gateway hold for each of its clients.</summary>
public sealed class ClientAddressTests(Servers servers)
{
    [Fact]
    public async Task Readers_behind_a_proxy_that_is_trusted_are_limited_one_by_one_and_strangers_cannot_choose_who_they_are()
    {
        await using var stack = await Stack.StartAsync(
            servers,
            new Dictionary<string, string>
            {
                [$"{Stack.OfGateway}Proxies__Trusted__0"] = "127.0.0.1",
                ["WebPush__MaxPerClientPerMinute"] = "2",
                ["Portal__PublicUrl"] = "https://news.example.org",
                ["Outbound__Allow"] = "127.0.0.0/8",
            },
            "Notifications",
            "Gateway"
        );
        async Task<HttpStatusCode> SubscribeAsync(HttpClient door, string header, string said)
        {
            var reader = new PushReader($"https://127.0.0.1:1/{Guid.NewGuid():N}");
            using var request = new HttpRequestMessage(HttpMethod.Post, "api/subscriptions")
            {
                Content = JsonContent.Create(
                    new
                    {
                        kind = "webPush",
                        endpoint = reader.Endpoint,
                        keys = reader.Keys,
                        topics = new[] { "breaking" },
                    }
                ),
                Headers = { { header, said } },
            };
            using var answer = await door.SendAsync(request);
            return answer.StatusCode;
        }

        foreach (
            var (header, said) in new[]
            {
                ("X-Forwarded-For", "203.0.113.1, 198.51.100.1"),
                ("X-Forwarded-For", "198.51.100.2"),
                ("Forwarded", "for=\"[2001:db8::1]\";proto=https"),
            }
        )
        {
            Assert.Equal(
                [HttpStatusCode.Created, HttpStatusCode.Created, HttpStatusCode.TooManyRequests],
                [
                    await SubscribeAsync(stack.Reader, header, said),
                    await SubscribeAsync(stack.Reader, header, said),
                    await SubscribeAsync(stack.Reader, header, said),
                ]
            );
        }
    }

    [Fact]
    public async Task A_key_that_a_service_has_taken_is_known_to_the_gateway_and_wrong_ones_are_slowed_down()
    {
        await using var stack = await Stack.StartAsync(
            servers,
            new Dictionary<string, string>
            {
                [$"{Stack.OfGateway}Limits__WrongKeys__PerMinute"] = "5",
                [$"{Stack.OfGateway}Limits__WrongKeys__FirstWaitSeconds"] = "600",
                [$"{Stack.OfGateway}Limits__Unproved__RequestsPerMinute"] = "1",
                [$"{Stack.OfGateway}Limits__Unproved__BurstRequests"] = "20",
            },
            "Publishing",
            "Gateway"
        );
        using (var first = await stack.Editor.GetAsync(new Uri("api/articles", UriKind.Relative)))
        {
            Assert.Equal((HttpStatusCode.OK, false), (first.StatusCode, first.Headers.Contains("News-Known-Caller")));
        }
        for (var i = 0; i < 8; i++)
        {
            using var wrong = stack.Bearer($"wrong-{i}");
            using var answer = await wrong.GetAsync(new Uri("api/articles/nowhere", UriKind.Relative));
            using var refused = await wrong.GetAsync(new Uri("api/articles", UriKind.Relative));
            Assert.Equal(i < 6 ? HttpStatusCode.Unauthorized : HttpStatusCode.TooManyRequests, refused.StatusCode);
        }
        for (var i = 0; i < 20; i++)
        {
            await stack.DraftAsync(Stack.Copy($"Written meanwhile {i}"));
        }
        using var list = await stack.Editor.GetAsync(new Uri("api/articles?limit=1", UriKind.Relative));
        Assert.NotNull((await list.Content.ReadFromJsonAsync<JsonNode>())!["items"]);
    }
}
