using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;

namespace NewsPlatform.TestSupport;

/// <summary>A push that came.</summary>
/// <param name="Headers">By name, in lower case.</param>
public sealed record Push(string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body, DateTimeOffset At, int Status);

/// <summary>A push service (RFC 8030) that takes messages by HTTP, keeps them, and answers as it is told.</summary>
public sealed class PushService : IAsyncDisposable
{
    readonly ConcurrentQueue<Push> pushes = new();
    readonly ConcurrentDictionary<string, ConcurrentQueue<(int Status, int? RetryAfter)>> answers = new();
    Site site = null!;

    PushService() { }

    public static async Task<PushService> StartAsync()
    {
        var service = new PushService();
        service.site = await Site.StartAsync(service.TakeAsync);
        return service;
    }

    public string Origin => site.Origin;

    /// <summary>A browser that is new here.</summary>
    public PushReader Reader() => new($"{Origin}/{Guid.NewGuid():N}");

    /// <summary>What the next pushes to a browser are answered; 201 when nothing more is said.</summary>
    public void Answer(PushReader browser, params (int Status, int? RetryAfter)[] next) =>
        answers[new Uri(browser.Endpoint).AbsolutePath] = new(next);

    public IReadOnlyList<Push> To(PushReader browser) => [.. pushes.Where(push => push.Path == new Uri(browser.Endpoint).AbsolutePath)];

    public Task<IReadOnlyList<Push>> UntilAsync(PushReader browser, int count) =>
        Eventually.Get(() => Task.FromResult(To(browser)), found => found.Count >= count, $"{count} pushes");

    public ValueTask DisposeAsync() => site.DisposeAsync();

    async Task TakeAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        var (status, retryAfter) =
            answers.TryGetValue(context.Request.Path, out var next) && next.TryDequeue(out var told) ? told : (201, null);
        pushes.Enqueue(
            new(
                context.Request.Path,
                context.Request.Headers.ToDictionary(h => h.Key.ToLowerInvariant(), h => h.Value.ToString()),
                body.ToArray(),
                DateTimeOffset.UtcNow,
                status
            )
        );
        context.Response.StatusCode = status;
        if (retryAfter is { } seconds)
        {
            context.Response.Headers.RetryAfter = $"{seconds}";
        }
    }
}
