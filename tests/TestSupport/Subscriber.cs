using System.Collections.Concurrent;
using System.Net.ServerSentEvents;
using System.Text.Json.Nodes;

namespace NewsPlatform.TestSupport;

/// <summary>One event of the stream.</summary>
public sealed record Received(string Kind, string? Id, JsonNode Data)
{
    public string Headline => (string)Data["article"]!["headline"]!;
}

/// <summary>Somebody who listens to the stream, by .NET's own parser of server-sent events.</summary>
public sealed class Subscriber : IAsyncDisposable
{
    readonly CancellationTokenSource leaving = new();
    readonly ConcurrentQueue<Received> received = new();
    readonly HttpResponseMessage answer;
    readonly Task listening;

    Subscriber(HttpResponseMessage answer)
    {
        this.answer = answer;
        listening = ListenAsync();
    }

    public IReadOnlyList<Received> Received => [.. received];

    /// <summary>Whether the server ended the stream.</summary>
    public bool Ended => listening.IsCompleted;

    /// <summary>Returns when the server has taken the subscriber on, so that whatever is published from now on reaches it.</summary>
    public static async Task<Subscriber> JoinAsync(HttpClient client, string query = "", string? lastEventId = null)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, $"api/stream{query}");
        if (lastEventId is not null)
        {
            request.Headers.Add("Last-Event-ID", lastEventId);
        }
        var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        answer.EnsureSuccessStatusCode();
        return new(answer);
    }

    public Task<IReadOnlyList<Received>> UntilAsync(Func<IReadOnlyList<Received>, bool> enough, string what) =>
        Eventually.Get(() => Task.FromResult(Received), enough, what);

    public async ValueTask DisposeAsync()
    {
        await leaving.CancelAsync();
        await listening.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        answer.Dispose();
        leaving.Dispose();
    }

    async Task ListenAsync()
    {
        await using var stream = await answer.Content.ReadAsStreamAsync(leaving.Token);
        var parser = SseParser.Create(stream, (kind, data) => (Kind: kind, Json: JsonNode.Parse(data)!));
        await foreach (var item in parser.EnumerateAsync(leaving.Token))
        {
            received.Enqueue(new(item.EventType, item.EventId, item.Data.Json));
        }
    }
}
