using System.Text.Json;
using System.Threading.Channels;
using NewsPlatform.Contracts;
using NewsPlatform.Publishing.Broker;
using NewsPlatform.ServiceDefaults;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace NewsPlatform.Publishing.Rebuild;

/// <summary>The way to the service that is rebuilt, and back.</summary>
public sealed class RebuildChannel : IAsyncDisposable
{
    readonly IConnection connection;
    readonly IChannel channel;
    readonly Channel<RebuildStep> steps = Channel.CreateUnbounded<RebuildStep>();

    RebuildChannel(IConnection connection, IChannel channel) => (this.connection, this.channel) = (connection, channel);

    public Guid Id { get; } = Guid.CreateVersion7();

    public static async Task<RebuildChannel> OpenAsync(MessagingOptions messaging, CancellationToken ct)
    {
        var (connection, channel) = await ConfirmedChannel.OpenAsync(messaging, "publishing rebuild", ct);
        var its = new RebuildChannel(connection, channel);
        await channel.ExchangeDeclareAsync(Topology.Rebuilt, ExchangeType.Fanout, durable: true, cancellationToken: ct);
        // Named, since Publishing may make no queue but of its own name.
        var answers = await channel.QueueDeclareAsync(
            $"publishing.rebuild.{its.Id:N}",
            durable: false,
            exclusive: true,
            autoDelete: true,
            cancellationToken: ct
        );
        await channel.QueueBindAsync(answers.QueueName, Topology.Rebuilt, "", cancellationToken: ct);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, delivery) =>
        {
            its.steps.Writer.TryWrite(
                JsonDocument.Parse(delivery.Body).RootElement.GetProperty("message").Deserialize<RebuildStep>(JsonSerializerOptions.Web)!
            );
            return Task.CompletedTask;
        };
        channel.ChannelShutdownAsync += (_, _) =>
        {
            its.steps.Writer.TryComplete(new IOException("the broker went away"));
            return Task.CompletedTask;
        };
        await channel.BasicConsumeAsync(answers.QueueName, autoAck: true, consumer, ct);
        return its;
    }

    /// <summary>Returns when the broker has confirmed all of them.</summary>
    public Task SendAsync(IReadOnlyList<object> messages, CancellationToken ct) =>
        Task.WhenAll(messages.Select(message => SendAsync(message, ct)));

    public Task SendAsync(object message, CancellationToken ct) =>
        channel.PublishAsync(new(Topology.Rebuilds, "rebuild", message), Guid.CreateVersion7(), DateTimeOffset.UtcNow, ct);

    /// <summary>Returns when the service has come so far.</summary>
    /// <exception cref="IOException">The broker went away; the rebuild is to be asked for again.</exception>
    public async Task UntilAsync(string step, CancellationToken ct)
    {
        while (await steps.Reader.ReadAsync(ct) is var its && (its.RebuildId != Id || its.Step != step)) { }
    }

    public async ValueTask DisposeAsync()
    {
        await channel.DisposeAsync();
        await connection.DisposeAsync();
    }
}
