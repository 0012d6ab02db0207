using System.Collections.Concurrent;
using System.Net;

namespace NewsPlatform.Feed.Tests;

/// <summary>Stands between a reader and the service and notes how each request was answered.</summary>
sealed class Edge : IAsyncDisposable
{
    static readonly string[] passedOn = ["If-None-Match", "If-Modified-Since", "Accept-Encoding"];
    readonly HttpListener listener = new();
    readonly HttpClient service = new(new SocketsHttpHandler { AutomaticDecompression = DecompressionMethods.None });
    readonly ConcurrentQueue<int> statuses = new();
    Task passing = Task.CompletedTask;

    public Uri Address { get; } = new($"http://127.0.0.1:{TestSupport.Servers.FreePort()}/");

    public IReadOnlyList<int> Statuses => [.. statuses];

    public static Edge Start(Uri service)
    {
        var edge = new Edge();
        edge.service.BaseAddress = service;
        edge.listener.Prefixes.Add(edge.Address.ToString());
        edge.listener.Start();
        edge.passing = edge.PassAsync();
        return edge;
    }

    async Task PassAsync()
    {
        while (listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception end) when (end is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
            using var request = new HttpRequestMessage(HttpMethod.Get, context.Request.RawUrl!.TrimStart('/'));
            foreach (var name in passedOn.Where(name => context.Request.Headers[name] is not null))
            {
                request.Headers.TryAddWithoutValidation(name, context.Request.Headers[name]);
            }
            using var answer = await service.SendAsync(request);
            statuses.Enqueue((int)answer.StatusCode);
            context.Response.StatusCode = (int)answer.StatusCode;
            foreach (
                var (name, values) in answer
                    .Headers.Concat(answer.Content.Headers)
                    .Where(h => h.Key is "ETag" or "Last-Modified" or "Content-Type" or "Content-Encoding" or "Cache-Control")
            )
            {
                context.Response.Headers[name] = string.Join(", ", values);
            }
            await context.Response.OutputStream.WriteAsync(await answer.Content.ReadAsByteArrayAsync());
            context.Response.Close();
        }
    }

    public async ValueTask DisposeAsync()
    {
        listener.Close();
        await passing;
        service.Dispose();
    }
}
