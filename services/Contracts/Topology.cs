namespace NewsPlatform.Contracts;

/// <summary>
/// Where messages go on the broker. The relay declares all of it before its first message, so that nothing is sent before the queues
/// of every service exist, whichever service starts first.
/// </summary>
public static class Topology
{
    /// <summary>A durable topic exchange; the routing key is <c>article.{kind}.{language}.{category}</c>.</summary>
    public const string Articles = "news.articles";

    public static readonly Inbox Feed = new("feed.articles", SingleActiveConsumer: false);

    /// <summary>One consumer at a time writes the log of bulletins, so that its positions are an order.</summary>
    public static readonly Inbox Notifications = new("notifications.articles", SingleActiveConsumer: true);

    public static readonly IReadOnlyList<Inbox> Inboxes = [Feed, Notifications];
}

/// <summary>A service's durable quorum queue behind a fanout exchange of the same name.</summary>
public sealed record Inbox(string Queue, bool SingleActiveConsumer);
