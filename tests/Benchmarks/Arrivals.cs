using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.ServerSentEvents;
using System.Text.Json;

namespace NewsPlatform.Benchmarks;

/// <summary>Somebody who listens to the stories of a keyword, and notes when each of their bulletins came.</summary>
sealed class Arrivals : IDisposable
{
    readonly ConcurrentDictionary<(Guid Story, string Kind), TaskCompletionSource<long>> arrived = new();
    readonly HttpResponseMessage stream;

    Arrivals(HttpResponseMessage stream)
    {
        this.stream = stream;
        _ = Task.Run(ListenAsync);
    }

    public static async Task<Arrivals> OfAsync(Bench bench, string keyword) =>
        new(
            await bench.Reader.GetAsync(
                new Uri($"api/stream?topic=keyword:{keyword}", UriKind.Relative),
                HttpCompletionOption.ResponseHeadersRead
            )
        );

    /// <summary>The timestamp of a bulletin of that kind about the story, as soon as there is one.</summary>
    public Task<long> OfAsync(Guid story, string kind) => Arrival(story, kind).Task;

    public void Dispose() => stream.Dispose();

    async Task ListenAsync()
    {
        await foreach (var bulletin in SseParser.Create(await stream.Content.ReadAsStreamAsync()).EnumerateAsync())
        {
            var at = Stopwatch.GetTimestamp();
            using var said = JsonDocument.Parse(bulletin.Data);
            Arrival(said.RootElement.GetProperty("article").GetProperty("id").GetGuid(), bulletin.EventType).TrySetResult(at);
        }
    }

    TaskCompletionSource<long> Arrival(Guid story, string kind) =>
        arrived.GetOrAdd((story, kind), _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
}
