namespace NewsPlatform.Contracts;

/// <summary>
/// Where messages go on the broker. The relay declares all of it before its first message, so that nothing is sent before the queues
/// of every service exist, whichever service starts first. A name begins with that of the service whose it is, <c>news.</c> being
/// Publishing's too: <c>deploy/broker-permissions</c> gives each service its own names, and Publishing besides what it must declare.
/// </summary>
public static class Topology
{
    /// <summary>
    /// A durable topic exchange; the routing key is <c>article.{kind}.{language}.{category}</c>, where the kind is <c>published</c>,
    /// <c>updated</c>, <c>corrected</c>, <c>withdrawn</c>, or <c>imported</c> for what came from an archive and is no news.
    /// </summary>
    public const string Articles = "news.articles";

    /// <summary>
    /// A durable topic exchange of what only the trade may know yet; the routing key is as that of <see cref="Articles"/>. No queue of the
    /// readers' services is bound to it, so that they cannot show what they do not have.
    /// </summary>
    public const string Trade = "news.trade";

    /// <summary>
    /// A durable topic exchange for third parties, who bind queues of their own to it: CloudEvents 1.0, with the routing keys of
    /// <see cref="Articles"/>. <c>deploy/asyncapi.yaml</c> describes it.
    /// </summary>
    public const string Events = "news.events";

    /// <summary>A durable topic exchange; the routing key is <c>key.changed</c>.</summary>
    public const string Keys = "news.keys";

    public const string KeyChanged = "key.changed";

    /// <summary>A durable topic exchange: the articles of a rebuild, which are nobody's news.</summary>
    public const string Rebuilds = "news.rebuilds";

    /// <summary>
    /// A durable fanout exchange on which Feed says how far its rebuild is; of Feed's name, since Feed may send to nothing else.
    /// </summary>
    public const string Rebuilt = "feed.rebuilt";

    /// <summary>
    /// The routing key, on <see cref="Articles"/>, of a bulletin that is no news: for those who tell, and for nobody who reads.
    /// </summary>
    public const string DryRun = "dry-run";

    /// <summary>What editors do now. It is never behind an archive that is being imported, which has a queue of its own.</summary>
    public static readonly Inbox Feed = new(
        "feed.articles",
        SingleActiveConsumer: false,
        Articles,
        "article.published.#",
        "article.updated.#",
        "article.corrected.#",
        "article.withdrawn.#"
    )
    {
        FormerKeys = ["article.#"],
    };

    public static readonly Inbox FeedArchive = new("feed.archive", SingleActiveConsumer: false, Articles, "article.imported.#");

    /// <summary>
    /// One consumer at a time writes the log of bulletins, so that its positions are an order. What was imported is nobody's news.
    /// </summary>
    public static readonly Inbox Notifications = new(
        "notifications.articles",
        SingleActiveConsumer: true,
        Articles,
        "article.published.#",
        "article.updated.#",
        "article.corrected.#",
        "article.withdrawn.#",
        DryRun
    );

    public static readonly Inbox NotificationsTrade = new("notifications.trade", SingleActiveConsumer: true, Trade);

    public static readonly Inbox NotificationsKeys = new("notifications.keys", SingleActiveConsumer: false, Keys, KeyChanged);

    public static readonly Inbox FeedRebuild = new("feed.rebuild", SingleActiveConsumer: true, Rebuilds, "#");

    public static readonly IReadOnlyList<Inbox> Inboxes =
    [
        Feed,
        FeedArchive,
        FeedRebuild,
        Notifications,
        NotificationsTrade,
        NotificationsKeys,
    ];
}
