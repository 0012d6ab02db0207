using System.Text.Json;
using NewsPlatform.Contracts;
using RabbitMQ.Client;

namespace NewsPlatform.TestSupport;

/// <summary>Another sender on the wire: what the relay sends, sent by hand.</summary>
public static class Broker
{
    /// <summary>Each as published.</summary>
    public static Task SendAsync(this Stack stack, params PublicArticle[] articles) => stack.SendMessagesAsync([.. articles.Select(a => new ArticlePublished(a))]);

    public static Task SendMessagesAsync(this Stack stack, params object[] messages) => SendMessagesAsync(stack, Topology.Articles, messages);

    /// <summary>What only the trade may know yet.</summary>
    public static Task SendTradeAsync(this Stack stack, params object[] messages) => SendMessagesAsync(stack, Topology.Trade, messages);

    static async Task SendMessagesAsync(Stack stack, string exchange, object[] messages)
    {
        var factory = new ConnectionFactory
        {
            HostName = stack.Servers.Host, Port = stack.Servers.RabbitPort, UserName = stack.Servers.RabbitUser,
            Password = stack.Servers.RabbitPassword, VirtualHost = stack.VirtualHost,
        };
        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        foreach (var message in messages)
        {
            await SendAsync(channel, exchange, JsonSerializer.SerializeToUtf8Bytes(
                new { messageId = Guid.NewGuid(), messageType = new[] { $"urn:message:NewsPlatform.Contracts:{message.GetType().Name}" }, message }, JsonSerializerOptions.Web));
        }
    }

    /// <summary>Bytes that are no message of the contract.</summary>
    public static async Task SendRawAsync(this Stack stack, byte[] body)
    {
        var factory = new ConnectionFactory
        {
            HostName = stack.Servers.Host, Port = stack.Servers.RabbitPort, UserName = stack.Servers.RabbitUser,
            Password = stack.Servers.RabbitPassword, VirtualHost = stack.VirtualHost,
        };
        await using var connection = await factory.CreateConnectionAsync();
        await using var channel = await connection.CreateChannelAsync(new CreateChannelOptions(true, true));
        await SendAsync(channel, Topology.Articles, body);
    }

    public static PublicArticle Article(string headline, long version = 2, Guid? id = null, string language = "en",
        string category = "world", DateTimeOffset? publishedAt = null, DateTimeOffset? updatedAt = null, string[]? keywords = null, bool breaking = false)
    {
        var articleId = id ?? Guid.CreateVersion7();
        var published = publishedAt ?? DateTimeOffset.UtcNow;
        return new PublicArticle
        {
            ArticleId = articleId, StoryId = articleId, Version = version, Headline = headline, Body = $"<p>{headline}</p>", Category = category, Language = language,
            Slug = $"slug-{articleId:N}", PublishedAt = published, UpdatedAt = updatedAt ?? published, Keywords = keywords ?? [], Breaking = breaking,
        };
    }

    static async Task SendAsync(IChannel channel, string exchange, byte[] body) => await channel.BasicPublishAsync(exchange, "article.published.en.world", mandatory: true,
        new BasicProperties { ContentType = "application/vnd.masstransit+json", DeliveryMode = DeliveryModes.Persistent }, body);
}
