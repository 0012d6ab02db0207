using System.Text.Json;
using NewsPlatform.Contracts;
using RabbitMQ.Client;

namespace NewsPlatform.TestSupport;

/// <summary>Another sender of keys on the wire: what Publishing sends of them, sent by hand.</summary>
public static class KeySender
{
    public static async Task SendAsync(this Stack stack, params KeyChanged[] keys)
    {
        var factory = new ConnectionFactory
        {
            HostName = stack.Servers.Host,
            Port = stack.Servers.RabbitPort,
            UserName = stack.Servers.RabbitUser,
            Password = stack.Servers.RabbitPassword,
            VirtualHost = stack.VirtualHost,
        };
        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        foreach (var key in keys)
        {
            var body = JsonSerializer.SerializeToUtf8Bytes(
                new
                {
                    messageId = Guid.NewGuid(),
                    messageType = new[] { "urn:message:NewsPlatform.Contracts:KeyChanged" },
                    message = key,
                },
                JsonSerializerOptions.Web
            );
            await channel.BasicPublishAsync(
                Topology.Keys,
                Topology.KeyChanged,
                mandatory: true,
                new BasicProperties { ContentType = "application/vnd.masstransit+json", DeliveryMode = DeliveryModes.Persistent },
                body
            );
        }
    }
}
