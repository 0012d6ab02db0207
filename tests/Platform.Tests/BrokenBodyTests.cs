using System.Net;
using System.Text;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Platform.Tests;

/// <summary>A request that is refused in its middle has changed nothing, also where nobody has a use for its body.</summary>
public sealed class BrokenBodyTests(PlatformStack platform) : IClassFixture<PlatformStack>
{
    const int Times = 20;

    Stack Stack => platform.Stack;

    [Fact]
    public async Task An_act_without_a_body_that_comes_with_a_broken_one_is_refused_and_not_done()
    {
        var id = Stack.Id(await Stack.DraftAsync(Stack.Copy("Not yet")));
        await RefusedAsync("POST", $"/api/articles/{id}/publish");
        // Had one of them published it, or its lock been taken, this would be 412, and that 423.
        using var publish = new HttpRequestMessage(HttpMethod.Post, $"api/articles/{id}/publish") { Headers = { { "If-Match", "\"1\"" } } };
        using var published = await Stack.Editor.SendAsync(publish);
        Assert.Equal(HttpStatusCode.OK, published.StatusCode);

        await RefusedAsync("PUT", $"/api/articles/{id}/lock");
        var cast = await Cast.MakeAsync(Stack);
        using var other = Stack.Bearer(cast["editor"].Secret!);
        using var locked = await other.PutAsync(new Uri($"api/articles/{id}/lock", UriKind.Relative), null);
        Assert.Equal(HttpStatusCode.OK, locked.StatusCode);
    }

    async Task RefusedAsync(string method, string path)
    {
        var client = new RawClient(Stack.Reader.BaseAddress!);
        var request = new RawRequest(method, path) { Body = Encoding.ASCII.GetBytes("zz\r\n{}\r\n0\r\n\r\n") }
            .With("Authorization", $"Bearer {Stack.AdminKey}")
            .With("If-Match", "*")
            .With("Transfer-Encoding", "chunked");
        var answers = await Task.WhenAll(Enumerable.Range(0, Times).Select(_ => client.SendAsync(request)));
        Assert.All(answers, answer => Assert.Equal(400, answer.Status));
    }
}
