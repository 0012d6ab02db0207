using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.Logging;
using NewsPlatform.ServiceDefaults;
using Xunit;

namespace NewsPlatform.Gateway.Tests;

/// <summary>
/// ASP.NET Core's words of what it could not bind, as a client is told them: a new release of it that says something else is found here.
/// </summary>
public sealed class BindingWordsTests : IAsyncLifetime
{
    readonly WebApplication app;
    readonly HttpClient client = new();

    public BindingWordsTests()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddProblems();
        app = builder.Build();
        app.UseProblems();
        app.UseRouting();
        app.MapPost("/inferred", (Asked asked) => asked.Name);
        app.MapPost("/named", ([FromBody] Asked asked) => asked.Name);
        app.MapPost("/raw", (HttpContext context) => context.Request.Body.CopyToAsync(Stream.Null));
        app.MapGet("/truth", (bool truth) => truth);
        app.MapGet("/perhaps", (bool? truth) => truth);
        app.MapGet("/number", (int number) => number);
        app.MapGet("/stories/{story}", (Guid story) => story);
        app.MapGet("/field", ([FromHeader(Name = "X-Field")] int field) => field);
    }

    sealed record Asked(string Name);

    public async ValueTask InitializeAsync()
    {
        await app.StartAsync();
        client.BaseAddress = new(app.Urls.Single());
    }

    public async ValueTask DisposeAsync()
    {
        client.Dispose();
        await app.DisposeAsync();
    }

    [Theory]
    [InlineData("POST", "inferred", "body", "is required, as application/json")]
    [InlineData("POST", "named", "body", "is required, as application/json")]
    [InlineData("GET", "truth?truth=maybe", "truth", "must be true or false")]
    [InlineData("GET", "truth", "truth", "is required")]
    [InlineData("GET", "perhaps?truth=maybe", "truth", "must be true or false")]
    [InlineData("GET", "number?number=x", "number", "is of the wrong type")]
    [InlineData("GET", "number", "number", "is required")]
    [InlineData("GET", "number?number=%22bool%20", "number", "is of the wrong type")]
    [InlineData("GET", "stories/x", "story", "is of the wrong type")]
    [InlineData("GET", "field", "field", "is required")]
    public async Task What_cannot_be_bound_is_named_with_what_is_wrong_with_it(string method, string path, string name, string rule)
    {
        using var request = new HttpRequestMessage(new(method), path);
        if (method == "POST")
        {
            request.Content = new ByteArrayContent([]) { Headers = { ContentType = new("application/json") } };
        }
        using var answer = await client.SendAsync(request);
        var problem = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
        Assert.Equal((400, "urn:newsplatform:problem:unreadable"), ((int)answer.StatusCode, (string)problem["type"]!));
        Assert.Equal($$"""{"{{name}}":["{{rule}}"]}""", problem["errors"]!.ToJsonString());
    }

    [Fact]
    public async Task A_body_that_is_not_sent_as_HTTP_says_is_named_and_nothing_of_the_program_is()
    {
        using var raw = new TcpClient();
        await raw.ConnectAsync(client.BaseAddress!.Host, client.BaseAddress.Port);
        await using var stream = raw.GetStream();
        await stream.WriteAsync(
            Encoding.ASCII.GetBytes(
                "POST /raw HTTP/1.1\r\nHost: news\r\nConnection: close\r\nContent-Type: application/json\r\n"
                    + "Transfer-Encoding: chunked\r\n\r\nno number\r\n{}\r\n0\r\n\r\n"
            )
        );
        using var reader = new StreamReader(stream);
        var answer = await reader.ReadToEndAsync();
        Assert.StartsWith("HTTP/1.1 400 ", answer, StringComparison.Ordinal);
        Assert.Contains("\"errors\":{\"body\":[\"cannot be read: it is not sent as HTTP says\"]}", answer, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0, "1")]
    [InlineData(0.2, "1")]
    [InlineData(1.01, "2")]
    [InlineData(3600, "3600")]
    public void When_to_come_again_is_said_in_whole_seconds_and_never_too_early(double seconds, string said)
    {
        var (many, away) = (
            ProblemException.TooMany("So many.", TimeSpan.FromSeconds(seconds)),
            ProblemException.Unavailable("Not now.", TimeSpan.FromSeconds(seconds))
        );
        Assert.Equal((429, "too-many-requests", said), (many.Status, many.Code, many.Headers["Retry-After"]));
        Assert.Equal((503, "unavailable", said), (away.Status, away.Code, away.Headers["Retry-After"]));
    }
}
