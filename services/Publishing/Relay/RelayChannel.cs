using System.Buffers;
using System.Diagnostics;
using System.Text.Json;
using NewsPlatform.Contracts;
using NewsPlatform.Publishing.Articles;
using NewsPlatform.ServiceDefaults;
using RabbitMQ.Client;

namespace NewsPlatform.Publishing.Relay;

/// <summary>
/// The relay's own channel. Messages are sent one after the other without waiting in between, and the confirms are awaited together, so
/// that a page costs about one round trip and keeps its order. Each goes to the services and to third parties. A fault throws the
/// connection away; the caller sends the page again.
/// </summary>
public sealed class RelayChannel(MessagingOptions messaging, CloudEvents events) : IAsyncDisposable
{
    /// <summary>
    /// Messages sent and not yet confirmed. From half of it on, the client holds back what is sent, and what is held back is overtaken: a
    /// page of 500 events, which is sent twice, must stay below that.
    /// </summary>
    const int MaxOutstandingConfirms = 4_000;

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

    async Task SendAsync(IChannel channel, RelayMessage message, CancellationToken ct)
    {
        var (exchange, routingKey, contract) = message.Content;
        using var activity = Telemetry.Source.StartActivity($"relay {contract.GetType().Name}", ActivityKind.Producer, message.TraceParent);
        var trace = activity?.Id ?? message.TraceParent;
        var state = JsonSerializer.SerializeToUtf8Bytes(contract, contract.GetType(), JsonSerializerOptions.Web);
        var services = channel
            .BasicPublishAsync(
                exchange,
                routingKey,
                mandatory: true,
                new BasicProperties
                {
                    MessageId = message.Id.ToString(),
                    ContentType = "application/vnd.masstransit+json",
                    DeliveryMode = DeliveryModes.Persistent,
                    Headers = trace is null
                        ? null
                        : new Dictionary<string, object?> { ["MT-Activity-Id"] = trace, ["traceparent"] = trace },
                },
                Envelope(message.Id, message.SentAt, contract, state),
                ct
            )
            .AsTask();
        // What only the trade may know, or is no news, is no third party's; and there may be no third party, so it is not mandatory.
        var thirdParties =
            exchange != Topology.Articles || routingKey == Topology.DryRun
                ? Task.CompletedTask
                : channel
                    .BasicPublishAsync(
                        Topology.Events,
                        routingKey,
                        mandatory: false,
                        new BasicProperties
                        {
                            MessageId = message.Id.ToString(),
                            ContentType = CloudEvents.ContentType,
                            Type = CloudEvents.Type(contract),
                            DeliveryMode = DeliveryModes.Persistent,
                        },
                        events.Write(message, state, trace),
                        ct
                    )
                    .AsTask();
        await Task.WhenAll(services, thirdParties);
    }

    /// <summary>As MassTransit's consumers know it: part of the wire contract.</summary>
    public static ReadOnlyMemory<byte> Envelope(Guid id, DateTimeOffset sentAt, object contract, ReadOnlySpan<byte> state)
    {
        var buffer = new ArrayBufferWriter<byte>(state.Length + 512);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("messageId", id);
        json.WriteString("conversationId", id);
        json.WriteStartArray("messageType");
        json.WriteStringValue($"urn:message:NewsPlatform.Contracts:{contract.GetType().Name}");
        json.WriteEndArray();
        json.WritePropertyName("message");
        json.WriteRawValue(state, skipInputValidation: true);
        json.WriteString("sentTime", sentAt);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
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
            new CreateChannelOptions(
                publisherConfirmationsEnabled: true,
                publisherConfirmationTrackingEnabled: true,
                outstandingPublisherConfirmationsRateLimiter: new ThrottlingRateLimiter(MaxOutstandingConfirms)
            ),
            ct
        );
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
