using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Publishing.Tests;

/// <summary>If-Match by RFC 9110, section 13.1.1.</summary>
public sealed class IfMatchTests(PublishingService service) : IClassFixture<PublishingService>
{
    Stack Stack => service.Stack;

    [Theory]
    [InlineData("\"1\"", 200)]
    [InlineData("*", 200)]
    [InlineData(" * ", 200)]
    [InlineData("\"0\", \"1\"", 200)]
    [InlineData("\"1\",W/\"2\" , ,\"x\"", 200)]
    [InlineData("W/\"1\", \"1\"", 200)]
    [InlineData("W/\"1\"", 412)]
    [InlineData("\"0\", \"2\"", 412)]
    [InlineData("\"01\"", 412)]
    [InlineData("\"of another\"", 412)]
    [InlineData("\"99999999999999999999\"", 412)]
    [InlineData("1", 400)]
    [InlineData("\"1", 400)]
    [InlineData("*, \"1\"", 400)]
    [InlineData("\"1\", *", 400)]
    [InlineData(",", 400)]
    public async Task A_change_goes_through_for_the_right_tag_among_those_named_and_for_no_weak_one(string ifMatch, int status)
    {
        var id = Stack.Id(await Stack.DraftAsync(Stack.Copy("If match")));
        using var answer = await Stack.Editor.SendAsync(Stack.Write(HttpMethod.Post, $"api/articles/{id}/publish", null, ifMatch));
        Assert.Equal(status, (int)answer.StatusCode);
        var body = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
        if (answer.StatusCode == HttpStatusCode.PreconditionFailed)
        {
            Assert.Equal((1, "\"1\""), ((int)body["currentVersion"]!, answer.Headers.ETag!.Tag));
        }
        else if (answer.StatusCode == HttpStatusCode.BadRequest)
        {
            Assert.NotNull(body["errors"]!["If-Match"]);
        }
        Assert.Equal(
            status == 200 ? "published" : "draft",
            (string?)(await Stack.Editor.GetFromJsonAsync<JsonNode>($"api/articles/{id}"))!["state"]
        );
    }

    [Fact]
    public async Task Tags_of_several_fields_are_one_list()
    {
        var id = Stack.Id(await Stack.DraftAsync(Stack.Copy("If match twice")));
        using var request = Stack.Write(HttpMethod.Post, $"api/articles/{id}/publish", null, "\"7\"");
        Assert.True(request.Headers.TryAddWithoutValidation("If-Match", "\"1\""));
        using var answer = await Stack.Editor.SendAsync(request);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
    }
}
