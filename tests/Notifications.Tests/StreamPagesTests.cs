using System.Net;
using System.Net.Http.Json;
using System.Net.WebSockets;
using System.Text.Json.Nodes;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Notifications.Tests;

/// <summary>Whose pages may listen where everybody may.</summary>
public sealed class StreamPagesTests(NotificationsService service) : IClassFixture<NotificationsService>
{
    const string Foreign = "https://elsewhere.example.org";

    Stack Stack => service.Stack;

    async Task<HttpStatusCode> StatusAsync(string path, string? key = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Origin", Foreign } } };
        request.Headers.Authorization = key is null ? null : new("Bearer", key);
        using var answer = await Stack.Reader.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        return answer.StatusCode;
    }

    async Task<HttpStatusCode> SocketAsync(string origin)
    {
        using var socket = new ClientWebSocket { Options = { CollectHttpResponseDetails = true } };
        socket.Options.SetRequestHeader("Origin", origin);
        try
        {
            await socket.ConnectAsync(
                new($"ws://127.0.0.1:{Stack.Reader.BaseAddress!.Port}/api/stream/ws"),
                TestContext.Current.CancellationToken
            );
        }
        catch (WebSocketException)
        {
            // What it was answered is looked at.
        }
        return socket.HttpStatusCode;
    }

    [Fact]
    public async Task Server_sent_events_are_for_every_page_as_long_as_no_key_is_sent()
    {
        using var made = await Stack.Bearer(Stack.AdminKey).PostAsync(new Uri("api/stream/tickets", UriKind.Relative), null);
        var ticket = (string)(await made.Content.ReadFromJsonAsync<JsonNode>())!["ticket"]!;
        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (await StatusAsync("api/stream"), await StatusAsync("api/bulletins")));
        Assert.Equal(
            (HttpStatusCode.Forbidden, HttpStatusCode.Forbidden),
            (await StatusAsync("api/stream", Stack.AdminKey), await StatusAsync($"api/stream?ticket={ticket}"))
        );
    }

    [Fact]
    public async Task A_WebSocket_is_for_the_portals_own_pages_and_those_that_are_named()
    {
        Assert.Equal(HttpStatusCode.Forbidden, await SocketAsync(Foreign));
        Assert.Equal(HttpStatusCode.SwitchingProtocols, await SocketAsync(Stack.Reader.BaseAddress!.GetLeftPart(UriPartial.Authority)));
    }
}
