using System.Text.Json;
using NewsPlatform.Contracts;
using RabbitMQ.Client;

namespace NewsPlatform.TestSupport;

/// <summary>Another sender on the wire: what the relay sends, sent by hand.</summary>
public static class Broker
{
    static readonly Lock clock = new();
    static DateTimeOffset latest;

    /// <summary>Each as published.</summary>
    public static Task SendAsync(this Stack stack, params PublicArticle[] articles) =>
        stack.SendMessagesAsync([.. articles.Select(a => new ArticlePublished(a))]);

    public static Task SendMessagesAsync(this Stack stack, params object[] messages) =>
        SendMessagesAsync(stack, Topology.Articles, messages);

    /// <summary>What only the trade may know yet.</summary>
    public static Task SendTradeAsync(this Stack stack, params object[] messages) => SendMessagesAsync(stack, Topology.Trade, messages);

    static async Task SendMessagesAsync(Stack stack, string exchange, object[] messages)
    {
        await using var connection = await ConnectAsync(stack.Servers, stack.VirtualHost);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        foreach (var message in messages)
        {
            await SendAsync(
                channel,
                exchange,
                JsonSerializer.SerializeToUtf8Bytes(
                    new
                    {
                        messageId = Guid.NewGuid(),
                        messageType = new[] { $"urn:message:NewsPlatform.Contracts:{message.GetType().Name}" },
                        message,
                    },
                    JsonSerializerOptions.Web
                ),
                message is ArticlePublished { Imported: true } ? "article.imported.en.world" : published
            );
        }
    }

    const string published = "article.published.en.world";

    /// <summary>Bytes that are no message of the contract.</summary>
    public static async Task SendRawAsync(this Stack stack, byte[] body, string exchange = Topology.Articles, string routingKey = published)
    {
        await using var connection = await ConnectAsync(stack.Servers, stack.VirtualHost);
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        await SendAsync(channel, exchange, body, routingKey);
    }

    /// <summary>What Publishing declares when it starts.</summary>
    public static async Task DeclareTopologyAsync(this Stack stack)
    {
        await using var connection = await ConnectAsync(stack.Servers, stack.VirtualHost);
        await using var channel = await connection.CreateChannelAsync();
        await DeclareTopologyAsync(channel);
    }

    public static async Task DeclareTopologyAsync(IChannel channel)
    {
        await channel.ExchangeDeclareAsync(Topology.Events, ExchangeType.Topic, durable: true);
        await channel.ExchangeDeclareAsync(Topology.Rebuilt, ExchangeType.Fanout, durable: true);
        foreach (var inbox in Topology.Inboxes)
        {
            await channel.ExchangeDeclareAsync(inbox.Exchange, ExchangeType.Topic, durable: true);
            await channel.ExchangeDeclareAsync(inbox.Queue, ExchangeType.Fanout, durable: true);
            var arguments = new Dictionary<string, object?> { ["x-queue-type"] = "quorum" };
            if (inbox.SingleActiveConsumer)
            {
                arguments["x-single-active-consumer"] = true;
            }
            await channel.QueueDeclareAsync(inbox.Queue, durable: true, exclusive: false, autoDelete: false, arguments);
            foreach (var routingKey in inbox.RoutingKeys)
            {
                await channel.QueueBindAsync(inbox.Queue, inbox.Exchange, routingKey);
            }
        }
    }

    /// <summary>As somebody, or as the administrator.</summary>
    public static Task<IConnection> ConnectAsync(Servers servers, string virtualHost, string? user = null) =>
        new ConnectionFactory
        {
            HostName = servers.Host,
            Port = servers.RabbitPort,
            VirtualHost = virtualHost,
            AutomaticRecoveryEnabled = false,
            UserName = user ?? servers.RabbitUser,
            Password = user is null ? servers.RabbitPassword : servers.PasswordOf(user),
        }.CreateConnectionAsync();

    public static PublicArticle Article(
        string headline,
        long version = 2,
        Guid? id = null,
        string language = "en",
        string category = "world",
        DateTimeOffset? publishedAt = null,
        DateTimeOffset? updatedAt = null,
        string[]? keywords = null,
        bool breaking = false
    )
    {
        var articleId = id ?? Guid.CreateVersion7();
        var published = publishedAt ?? Next();
        return new PublicArticle
        {
            ArticleId = articleId,
            StoryId = articleId,
            Version = version,
            Headline = headline,
            Body = $"<p>{headline}</p>",
            Category = category,
            Language = language,
            Slug = $"slug-{articleId:N}",
            PublishedAt = published,
            UpdatedAt = updatedAt ?? published,
            Keywords = keywords ?? [],
            Breaking = breaking,
        };
    }

    /// <summary>
    /// Now, and later than it was told before by as much as the database tells apart: lines are in the order of these times.
    /// </summary>
    static DateTimeOffset Next()
    {
        lock (clock)
        {
            var now = DateTimeOffset.UtcNow;
            return latest = now > latest.AddMicroseconds(1) ? now : latest.AddMicroseconds(1);
        }
    }

    static async Task SendAsync(IChannel channel, string exchange, byte[] body, string routingKey = published) =>
        await channel.BasicPublishAsync(
            exchange,
            exchange == Topology.Keys ? Topology.KeyChanged : routingKey,
            mandatory: true,
            new BasicProperties { ContentType = "application/vnd.masstransit+json", DeliveryMode = DeliveryModes.Persistent },
            body
        );
}
