using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using NewsPlatform.TestSupport;

namespace NewsPlatform.Notifications.Tests;

/// <summary>A request that a subscriber's endpoint got.</summary>
public sealed record Heard(string Method, string Path, IReadOnlyDictionary<string, string> Query, IHeaderDictionary Headers, byte[] Body);

/// <summary>A subscriber's endpoint of one's own, which answers as the test says.</summary>
public sealed class Callback : IAsyncDisposable
{
    readonly ConcurrentQueue<Heard> calls = new();
    Site site = null!;

    Callback() { }

    public int Port => site.Port;

    public string Address(string path) => $"http://127.0.0.1:{Port}/{path}";

    public IReadOnlyList<Heard> Calls => [.. calls];

    /// <summary>The contents that came to a path.</summary>
    public IReadOnlyList<Heard> Posts(string path) => [.. calls.Where(c => c.Method == "POST" && c.Path == $"/{path}")];

    /// <summary>The status and the body; those of a subscriber that agrees if the test says nothing else.</summary>
    public Func<Heard, (int Status, string Body)> Answer { get; set; } = Agrees;

    public static (int, string) Agrees(Heard call) => (200, call.Query.GetValueOrDefault("hub.challenge", ""));

    public static async Task<Callback> StartAsync()
    {
        var callback = new Callback();
        callback.site = await Site.StartAsync(callback.HandleAsync);
        return callback;
    }

    async Task HandleAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var call = new Heard(
            context.Request.Method,
            context.Request.Path,
            context.Request.Query.ToDictionary(q => q.Key, q => q.Value.ToString()),
            new HeaderDictionary(context.Request.Headers.ToDictionary(h => h.Key, h => h.Value)),
            body.ToArray()
        );
        calls.Enqueue(call);
        var (status, text) = Answer(call);
        context.Response.StatusCode = status;
        await context.Response.WriteAsync(text);
    }

    public ValueTask DisposeAsync() => site.DisposeAsync();
}
