using System.Diagnostics;
using System.Text.Json;
using NewsPlatform.ServiceDefaults;
using RabbitMQ.Client;

namespace NewsPlatform.Publishing.Articles;

/// <summary>
/// The relay's own channel. Messages are sent one after the other without waiting in between, and the confirms are awaited together, so
/// that a page costs about one round trip and keeps its order. A fault throws the connection away; the caller sends the page again.
/// </summary>
public sealed class RelayChannel(MessagingOptions messaging) : IAsyncDisposable
{
    /// <summary>Messages sent and not yet confirmed.</summary>
    const int MaxOutstandingConfirms = 1_000;

    static readonly TimeSpan confirmTimeout = TimeSpan.FromSeconds(10);

    IConnection? connection;
    IChannel? channel;

    /// <summary>Returns when the broker has confirmed all of them.</summary>
    public async Task PublishAsync(IReadOnlyList<RelayMessage> messages, CancellationToken ct)
    {
        if (messages.Count == 0)
        {
            return;
        }
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(ct);
        timeout.CancelAfter(confirmTimeout + TimeSpan.FromMilliseconds(10 * messages.Count));
        try
        {
            var open = await OpenAsync(timeout.Token);
            var confirms = new List<Task>(messages.Count);
            foreach (var message in messages)
            {
                confirms.Add(SendAsync(open, message, timeout.Token));
            }
            await Task.WhenAll(confirms);
        }
        catch
        {
            await CloseAsync();
            throw;
        }
    }

    static async Task SendAsync(IChannel channel, RelayMessage message, CancellationToken ct)
    {
        var (exchange, routingKey, contract) = message.Content;
        using var activity = Telemetry.Source.StartActivity($"relay {contract.GetType().Name}", ActivityKind.Producer, message.TraceParent);
        var trace = activity?.Id ?? message.TraceParent;
        var properties = new BasicProperties
        {
            MessageId = message.Id.ToString(),
            ContentType = "application/vnd.masstransit+json",
            DeliveryMode = DeliveryModes.Persistent,
            Headers = trace is null ? null : new Dictionary<string, object?> { ["MT-Activity-Id"] = trace, ["traceparent"] = trace },
        };
        var body = JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                messageId = message.Id,
                conversationId = message.Id,
                // As MassTransit's consumers know it: part of the wire contract.
                messageType = new[] { $"urn:message:NewsPlatform.Contracts:{contract.GetType().Name}" },
                message = contract,
                sentTime = message.SentAt,
            },
            JsonSerializerOptions.Web);
        await channel.BasicPublishAsync(exchange, routingKey, mandatory: true, properties, body, ct);
    }

    async Task<IChannel> OpenAsync(CancellationToken ct)
    {
        if (channel is { IsOpen: true })
        {
            return channel;
        }
        await CloseAsync();
        connection = await messaging.ConnectionFactory("publishing relay").CreateConnectionAsync(ct);
        channel = await connection.CreateChannelAsync(
            new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true,
                outstandingPublisherConfirmationsRateLimiter: new ThrottlingRateLimiter(MaxOutstandingConfirms)), ct);
        await Messaging.DeclareTopologyAsync(channel, ct);
        return channel;
    }

    async Task CloseAsync()
    {
        var (oldChannel, oldConnection) = (channel, connection);
        (channel, connection) = (null, null);
        try
        {
            await (oldChannel?.DisposeAsync() ?? default);
            await (oldConnection?.DisposeAsync() ?? default);
        }
        catch (Exception)
        {
            // It is being thrown away because it is broken.
        }
    }

    public async ValueTask DisposeAsync() => await CloseAsync();
}
