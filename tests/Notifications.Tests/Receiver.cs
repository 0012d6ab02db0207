using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using NewsPlatform.TestSupport;
using Xunit;

namespace NewsPlatform.Notifications.Tests;

/// <summary>A request as it came in.</summary>
public sealed record Called(string Path, IReadOnlyDictionary<string, string> Headers, string Body, DateTimeOffset At)
{
    public JsonNode Json => JsonNode.Parse(Body)!;
    public string Type => (string)Json["type"]!;
    public string Id => Headers["webhook-id"];
    public string? Headline => (string?)Json["data"]?["article"]?["headline"];
}

/// <summary>Somebody else's server that webhooks go to: it confirms and takes everything, unless a path is told to do otherwise.</summary>
public sealed class Receiver : IAsyncDisposable
{
    readonly ConcurrentQueue<Called> called = new();
    readonly ConcurrentDictionary<string, Func<HttpContext, Called, Task>> answers = new();
    readonly WebApplication app;

    Receiver(WebApplication app, int port) => (this.app, Port) = (app, port);

    public int Port { get; }

    public static async Task<Receiver> StartAsync(int port = 0)
    {
        port = port == 0 ? Servers.FreePort() : port;
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls($"http://127.0.0.1:{port}");
        var app = builder.Build();
        var receiver = new Receiver(app, port);
        app.Run(receiver.HandleAsync);
        await app.StartAsync();
        return receiver;
    }

    public string Url(string path) => $"http://127.0.0.1:{Port}/{path}";

    /// <summary>What a path answers to everything but the question whether it wants to be told.</summary>
    public void Answer(string path, Func<HttpContext, Called, Task> answer) => answers[$"/{path}"] = answer;

    public void Answer(string path, int status) => Answer(path, (context, _) =>
    {
        context.Response.StatusCode = status;
        return Task.CompletedTask;
    });

    /// <summary>What came to a path, without the question whether it wants to be told.</summary>
    public IReadOnlyList<Called> At(string path) => [.. called.Where(c => c.Path == $"/{path}" && c.Type != "subscription.verification")];

    public IReadOnlyList<Called> All(string path) => [.. called.Where(c => c.Path == $"/{path}")];

    public Task<IReadOnlyList<Called>> UntilAsync(string path, Func<IReadOnlyList<Called>, bool> enough, string what) =>
        Eventually.Get(() => Task.FromResult(At(path)), enough, what);

    public Task<IReadOnlyList<Called>> UntilAsync(string path, params string[] headlines) =>
        UntilAsync(path, c => headlines.All(headline => c.Any(one => one.Headline == headline)), string.Join(", ", headlines));

    /// <summary>Every request is genuine by the foreign library, with the secret that the test knows.</summary>
    public static async Task VerifyAsync(string secret, IEnumerable<Called> requests)
    {
        Assert.SkipWhen(Node.Missing is not null, Node.Missing ?? "");
        var given = requests.Select(r => new { secret, headers = r.Headers, body = r.Body }).ToArray();
        Assert.NotEmpty(given);
        Assert.Equal("", (await Node.RunAsync(JsonSerializer.Serialize(given), "webhooks.js")).Trim());
    }

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    async Task HandleAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        var request = new Called(context.Request.Path, context.Request.Headers.ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value.ToString()), body, DateTimeOffset.UtcNow);
        called.Enqueue(request);
        if (request.Type == "subscription.verification")
        {
            if (answers.TryGetValue($"{request.Path}?verify", out var verify))
            {
                await verify(context, request);
                return;
            }
            await context.Response.WriteAsJsonAsync(new { challenge = (string)request.Json["challenge"]! });
            return;
        }
        if (answers.TryGetValue(request.Path, out var answer))
        {
            await answer(context, request);
            return;
        }
        context.Response.StatusCode = 204;
    }
}
