using System.Text.Json.Nodes;
using System.Threading.Channels;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;

namespace NewsPlatform.TestSupport;

/// <summary>What somebody outside the platform got from the broker.</summary>
public sealed record Delivery(string RoutingKey, string? ContentType, string? MessageId, string? Type, JsonNode Body);

/// <summary>Somebody outside the platform with a plain AMQP client and a queue of its own.</summary>
public sealed class ThirdParty : IAsyncDisposable
{
    static readonly TimeSpan patience = TimeSpan.FromSeconds(120);
    readonly Channel<Delivery> deliveries = Channel.CreateUnbounded<Delivery>();
    readonly IConnection connection;
    readonly IChannel channel;

    ThirdParty(IConnection connection, IChannel channel) => (this.connection, this.channel) = (connection, channel);

    /// <summary>Bound when this returns.</summary>
    public static async Task<ThirdParty> BindAsync(Stack stack, string exchange, string routingKey)
    {
        var connection = await new ConnectionFactory
        {
            HostName = stack.Servers.Host,
            Port = stack.Servers.RabbitPort,
            UserName = stack.Servers.RabbitUser,
            Password = stack.Servers.RabbitPassword,
            VirtualHost = stack.VirtualHost,
        }.CreateConnectionAsync();
        var party = new ThirdParty(connection, await connection.CreateChannelAsync());
        await party.ConsumeAsync(exchange, routingKey);
        return party;
    }

    public async Task<Delivery> NextAsync() => await deliveries.Reader.ReadAsync().AsTask().WaitAsync(patience);

    public async Task<IReadOnlyList<Delivery>> NextAsync(int count)
    {
        var next = new List<Delivery>(count);
        while (next.Count < count)
        {
            next.Add(await NextAsync());
        }
        return next;
    }

    async Task ConsumeAsync(string exchange, string routingKey)
    {
        await channel.ExchangeDeclareAsync(exchange, ExchangeType.Topic, durable: true);
        var queue = await channel.QueueDeclareAsync();
        await channel.QueueBindAsync(queue.QueueName, exchange, routingKey);
        var consumer = new AsyncEventingBasicConsumer(channel);
        consumer.ReceivedAsync += (_, message) =>
            deliveries
                .Writer.WriteAsync(
                    new(
                        message.RoutingKey,
                        message.BasicProperties.ContentType,
                        message.BasicProperties.MessageId,
                        message.BasicProperties.Type,
                        JsonNode.Parse(message.Body.Span)!
                    )
                )
                .AsTask();
        await channel.BasicConsumeAsync(queue.QueueName, autoAck: true, consumer);
    }

    public async ValueTask DisposeAsync()
    {
        await channel.DisposeAsync();
        await connection.DisposeAsync();
    }
}
