using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Net.WebSockets;
using System.Text.Json;
using NewsPlatform.Client;
using NewsPlatform.Contracts;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.Notifications.Stream;
using NewsPlatform.ServiceDefaults;

namespace NewsPlatform.Notifications.DryRun;

/// <summary>Listens to this instance's own streams as others do, by a real connection of each kind.</summary>
public sealed class DryRunListeners(
    DryRuns runs,
    DryRunOptions options,
    ListenOptions listen,
    SecurityOptions security,
    TimeProvider clock,
    ILogger<DryRunListeners> log
) : BackgroundService
{
    const string Sse = "sse";
    const string Socket = "websocket";
    const int MaxMessageBytes = 65_536;

    static readonly TimeSpan pause = TimeSpan.FromSeconds(2);
    static readonly JsonSerializerOptions json = new(JsonSerializerDefaults.Web);

    readonly ConcurrentDictionary<string, long> heard = new() { [Sse] = 0, [Socket] = 0 };
    readonly string address = $"{new System.Net.IPEndPoint(listen.OwnAddress, listen.Port)}";

    /// <summary>Up to which the socket was told, so that nothing is missed while it is made anew.</summary>
    long? after;

    /// <summary>The newest run that each kind of stream has brought here.</summary>
    public IReadOnlyDictionary<string, long> Heard => heard;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        options.EverySeconds == 0
            ? Task.CompletedTask
            : Task.WhenAll(StayAsync(Sse, ListenAsync, stoppingToken), StayAsync(Socket, ListenToSocketAsync, stoppingToken));

    async Task StayAsync(string kind, Func<CancellationToken, Task> listenAsync, CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await listenAsync(ct);
            }
            catch (Exception fault)
            {
                if (!ct.IsCancellationRequested)
                {
                    log.LogInformation("The dry runs' own {Kind} connection ended and is made anew: {Fault}", kind, fault.Message);
                }
            }
            await Task.Delay(pause, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    async Task ListenAsync(CancellationToken ct)
    {
        using var client = new HttpClient { BaseAddress = new($"http://{address}/"), Timeout = Timeout.InfiniteTimeSpan };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", security.AdminKey);
        await foreach (var bulletin in new NewsStream(client, new() { Topics = [Topics.DryRun], Clock = clock }).ReadAsync(ct))
        {
            Hear(Sse, bulletin.Article);
        }
    }

    async Task ListenToSocketAsync(CancellationToken ct)
    {
        using var socket = new ClientWebSocket();
        socket.Options.SetRequestHeader("Authorization", $"Bearer {security.AdminKey}");
        await socket.ConnectAsync(new($"ws://{address}{StreamSocket.Path}"), ct);
        await socket.SendAsync(
            JsonSerializer.SerializeToUtf8Bytes(
                new
                {
                    type = "subscribe",
                    id = "dry-run",
                    topics = new[] { Topics.DryRun },
                    after,
                }
            ),
            WebSocketMessageType.Text,
            true,
            ct
        );
        var buffer = new byte[MaxMessageBytes];
        while (socket.State == WebSocketState.Open)
        {
            var length = 0;
            ValueWebSocketReceiveResult received;
            do
            {
                received = await socket.ReceiveAsync(buffer.AsMemory(length), ct);
                length += received.Count;
            } while (!received.EndOfMessage);
            if (received.MessageType != WebSocketMessageType.Text)
            {
                continue;
            }
            var message = JsonSerializer.Deserialize<Message>(buffer.AsSpan(0, length), json)!;
            after = message.Bulletin?.Position ?? message.After ?? after;
            if (message.Bulletin is { } bulletin)
            {
                Hear(Socket, bulletin.Article);
            }
        }
    }

    void Hear(string kind, LineItem article)
    {
        runs.Measure(kind, article.UpdatedAt);
        heard[kind] = article.Version;
    }

    sealed record Message(long? After, Told? Bulletin);

    sealed record Told(long Position, LineItem Article);
}
