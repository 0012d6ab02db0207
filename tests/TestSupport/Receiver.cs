using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace NewsPlatform.TestSupport;

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
    Site site = null!;

    Receiver() { }

    public int Port => site.Port;

    public static async Task<Receiver> StartAsync()
    {
        var receiver = new Receiver();
        receiver.site = await Site.StartAsync(receiver.HandleAsync);
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

    /// <summary>
    /// What the Standard Webhooks library has against the requests, with a secret that the test knows; nothing when all are genuine.
    /// </summary>
    public static async Task<string> FaultsAsync(string secret, IEnumerable<Called> requests) =>
        (
            await Node.RunAsync(
                JsonSerializer.Serialize(
                    requests.Select(r => new
                    {
                        secret,
                        headers = r.Headers,
                        body = r.Body,
                    })
                ),
                "webhooks.js"
            )
        ).Trim();

    public ValueTask DisposeAsync() => site.DisposeAsync();

    async Task HandleAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        var request = new Called(
            context.Request.Path,
            context.Request.Headers.ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value.ToString()),
            body,
            DateTimeOffset.UtcNow
        );
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
