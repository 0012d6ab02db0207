using System.Buffers;
using System.Text.Json;
using RabbitMQ.Client;

namespace NewsPlatform.Publishing.Broker;

/// <summary>Messages as MassTransit's consumers know them: part of the wire contract.</summary>
public static class MassTransitEnvelope
{
    public const string ContentType = "application/vnd.masstransit+json";

    /// <summary>The message as JSON, to be put into one envelope or another.</summary>
    public static byte[] Body(object message) => JsonSerializer.SerializeToUtf8Bytes(message, message.GetType(), JsonSerializerOptions.Web);

    /// <summary>Sends to the services; ends when the broker has confirmed it. A message that no queue takes is a fault.</summary>
    /// <param name="body">Of <see cref="Body"/>, from whoever needs it besides; null makes it here.</param>
    /// <param name="trace">W3C traceparent.</param>
    public static Task PublishAsync(
        this IChannel channel,
        OutgoingMessage message,
        Guid id,
        DateTimeOffset sentAt,
        CancellationToken ct,
        byte[]? body = null,
        string? trace = null
    ) =>
        channel
            .BasicPublishAsync(
                message.Exchange,
                message.RoutingKey,
                mandatory: true,
                new BasicProperties
                {
                    MessageId = id.ToString(),
                    ContentType = ContentType,
                    DeliveryMode = DeliveryModes.Persistent,
                    Headers = trace is null
                        ? null
                        : new Dictionary<string, object?> { ["MT-Activity-Id"] = trace, ["traceparent"] = trace },
                },
                Write(id, sentAt, message.Message, body ?? Body(message.Message)),
                ct
            )
            .AsTask();

    static ReadOnlyMemory<byte> Write(Guid id, DateTimeOffset sentAt, object message, byte[] body)
    {
        var buffer = new ArrayBufferWriter<byte>(body.Length + 512);
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("messageId", id);
        json.WriteString("conversationId", id);
        json.WriteStartArray("messageType");
        json.WriteStringValue($"urn:message:NewsPlatform.Contracts:{message.GetType().Name}");
        json.WriteEndArray();
        json.WritePropertyName("message");
        json.WriteRawValue(body, skipInputValidation: true);
        json.WriteString("sentTime", sentAt);
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenMemory;
    }
}
