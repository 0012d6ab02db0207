using NewsPlatform.Contracts;
using NewsPlatform.TestSupport;
using RabbitMQ.Client;
using RabbitMQ.Client.Events;
using Xunit;

namespace NewsPlatform.Platform.Tests;

/// <summary>
/// Everything that a client can ask of the broker, asked as each service's user with the permissions of <c>deploy/broker-permissions</c>.
/// </summary>
public sealed class BrokerRightsTests(Servers servers)
{
    /// <summary>All of the topology, what MassTransit keeps beside it, RabbitMQ's own, and names that only look like a service's.</summary>
    static readonly string[] exchanges =
    [
        "news.articles",
        "news.trade",
        "news.events",
        "news.keys",
        "news.rebuilds",
        "feed.rebuilt",
        "feed.articles",
        "feed.archive",
        "feed.rebuild",
        "notifications.articles",
        "notifications.trade",
        "notifications.keys",
        "feed.articles_error",
        "feed.articles_skipped",
        "notifications.keys_error",
        "publishing.own",
        "",
        "amq.direct",
        "amq.fanout",
        "amq.topic",
        "news.keys.x",
        "feeds.x",
        "news",
        "partner.x",
    ];

    static readonly string[] queues =
    [
        "feed.articles",
        "feed.archive",
        "feed.rebuild",
        "notifications.articles",
        "notifications.trade",
        "notifications.keys",
        "feed.articles_error",
        "feed.articles_skipped",
        "notifications.keys_error",
        "publishing.own",
        "amq.gen-x",
        "x.feed.articles",
        "partner.x",
    ];

    static readonly string[] inboxes =
    [
        "feed.articles",
        "feed.archive",
        "feed.rebuild",
        "notifications.articles",
        "notifications.trade",
        "notifications.keys",
    ];
    static readonly string[] feeds = ["feed.articles", "feed.archive", "feed.rebuild", "feed.articles_error", "feed.articles_skipped"];
    static readonly string[] notifications =
    [
        "notifications.articles",
        "notifications.trade",
        "notifications.keys",
        "notifications.keys_error",
    ];

    [Fact]
    public async Task Publishing_writes_and_declares_all_of_the_topology_and_reads_nobodys_queue()
    {
        string[] sources = ["news.articles", "news.trade", "news.events", "news.keys", "news.rebuilds"];
        string[] bindable = ["news.articles", "news.trade", "news.keys", "news.rebuilds", "feed.rebuilt", "publishing.own"];
        string[] written = [.. sources, .. inboxes, "publishing.own"];
        Assert.Equal(Sorted("publish to", written), Sorted(await TryAsync("publishing", "publish to")));
        Assert.Equal(["consume publishing.own", "purge publishing.own"], Sorted(await TryAsync("publishing", "consume", "purge")));
        Assert.Equal(
            Sorted([
                .. inboxes.Append("publishing.own").SelectMany(queue => bindable.Select(exchange => $"bind queue {queue} to {exchange}")),
            ]),
            Sorted(await TryAsync("publishing", "bind queue"))
        );
        Assert.Equal(
            Sorted([.. written.SelectMany(to => bindable.Select(from => $"bind exchange {to} to {from}"))]),
            Sorted(await TryAsync("publishing", "bind exchange"))
        );
        string[] exchangesOf = [.. written, "feed.rebuilt"];
        Assert.Equal(
            Sorted([
                .. Each("declare exchange", exchangesOf),
                .. Each("delete exchange", exchangesOf),
                .. Each("declare queue", [.. inboxes, "publishing.own"]),
                .. Each("delete queue", [.. inboxes, "publishing.own"]),
            ]),
            Sorted(await TryAsync("publishing", "declare exchange", "declare queue", "delete exchange", "delete queue"))
        );
    }

    [Fact]
    public Task Feed_touches_nothing_but_its_own_and_can_bind_it_to_nothing_else() =>
        TouchesOnlyAsync("feed", [.. feeds, "feed.rebuilt"], feeds);

    [Fact]
    public Task Notifications_touches_nothing_but_its_own_and_can_bind_it_to_nothing_else() =>
        TouchesOnlyAsync("notifications", notifications, notifications);

    [Fact]
    public async Task Nobody_but_Publishing_writes_a_key_and_nobody_may_ask_the_management()
    {
        string[] who = ["publishing", "feed", "notifications"];
        var writers = new List<string>();
        foreach (var user in who)
        {
            // Straight to the queue that the keys come to, too.
            if ((await TryAsync(user, "publish to")).Any(act => act is "publish to news.keys" or "publish to "))
            {
                writers.Add(user);
            }
            Assert.Equal(System.Net.HttpStatusCode.Unauthorized, await servers.ManagementSaysAsync(user));
        }
        Assert.Equal(["publishing"], writers);
        Assert.Equal(who, BrokerPermissions.All.Select(permissions => permissions.User));
    }

    async Task TouchesOnlyAsync(string user, string[] itsExchanges, string[] itsQueues)
    {
        Assert.Equal(Sorted("publish to", itsExchanges), Sorted(await TryAsync(user, "publish to")));
        Assert.Equal(
            Sorted([.. Each("consume", itsQueues), .. Each("purge", itsQueues)]),
            Sorted(await TryAsync(user, "consume", "purge"))
        );
        Assert.Equal(
            Sorted([
                .. itsQueues.SelectMany(queue => itsExchanges.Select(exchange => $"bind queue {queue} to {exchange}")),
                .. itsExchanges.SelectMany(to => itsExchanges.Select(from => $"bind exchange {to} to {from}")),
            ]),
            Sorted(await TryAsync(user, "bind queue", "bind exchange"))
        );
        Assert.Equal(
            Sorted([
                .. Each("declare exchange", itsExchanges),
                .. Each("delete exchange", itsExchanges),
                .. Each("declare queue", itsQueues),
                .. Each("delete queue", itsQueues),
            ]),
            Sorted(await TryAsync(user, "declare exchange", "declare queue", "delete exchange", "delete queue"))
        );
    }

    /// <summary>Which of these acts the broker lets a user do, on a virtual host that has everything in it.</summary>
    async Task<IReadOnlyList<string>> TryAsync(string user, params string[] acts)
    {
        var virtualHost = await servers.CreateVirtualHostAsync();
        await using var administrator = await Broker.ConnectAsync(servers, virtualHost);
        await using var all = await administrator.CreateChannelAsync();
        await DeclareAllAsync(all);
        await using var connection = await Broker.ConnectAsync(servers, virtualHost, user);
        var allowed = new List<string>();
        foreach (var (name, act) in acts.SelectMany(Acts))
        {
            await using var channel = await connection.CreateChannelAsync(
                new CreateChannelOptions(publisherConfirmationsEnabled: true, publisherConfirmationTrackingEnabled: true)
            );
            try
            {
                await act(channel);
                allowed.Add(name);
                if (name.StartsWith("delete", StringComparison.Ordinal))
                {
                    await DeclareAllAsync(all);
                }
            }
            catch (Exception) when (channel.CloseReason?.ReplyCode == Constants.AccessRefused)
            {
                // What is proven of everything else.
            }
        }
        return allowed;
    }

    static IEnumerable<(string Name, Func<IChannel, Task> Act)> Acts(string act) =>
        act switch
        {
            "publish to" => exchanges.Select(exchange =>
                Act($"publish to {exchange}", channel =>
                    channel.BasicPublishAsync(exchange, "key.changed", mandatory: false, "?"u8.ToArray()).AsTask()
                )
            ),
            "consume" => queues.Select(queue =>
                Act($"consume {queue}", channel => channel.BasicConsumeAsync(queue, autoAck: true, new AsyncEventingBasicConsumer(channel)))
            ),
            "purge" => queues.Select(queue => Act($"purge {queue}", channel => channel.QueuePurgeAsync(queue))),
            "bind queue" => queues.SelectMany(queue =>
                exchanges.Select(exchange =>
                    Act($"bind queue {queue} to {exchange}", channel => channel.QueueBindAsync(queue, exchange, "#"))
                )
            ),
            "bind exchange" => exchanges.SelectMany(to =>
                exchanges.Select(from => Act($"bind exchange {to} to {from}", channel => channel.ExchangeBindAsync(to, from, "never")))
            ),
            "declare exchange" => exchanges.Select(exchange =>
                Act($"declare exchange {exchange}", channel => DeclareExchangeAsync(channel, exchange))
            ),
            "declare queue" => queues.Select(queue => Act($"declare queue {queue}", channel => DeclareQueueAsync(channel, queue))),
            "delete exchange" => exchanges.Select(exchange =>
                Act($"delete exchange {exchange}", channel => channel.ExchangeDeleteAsync(exchange))
            ),
            "delete queue" => queues.Select(queue => Act($"delete queue {queue}", channel => channel.QueueDeleteAsync(queue))),
            _ => throw new ArgumentOutOfRangeException(nameof(act), act, null),
        };

    static (string Name, Func<IChannel, Task> Act) Act(string name, Func<IChannel, Task> act) => (name, act);

    static async Task DeclareAllAsync(IChannel channel)
    {
        await Broker.DeclareTopologyAsync(channel);
        foreach (var exchange in exchanges.Where(e => e.Length > 0 && !e.StartsWith("amq.", StringComparison.Ordinal)))
        {
            await DeclareExchangeAsync(channel, exchange);
        }
        foreach (var queue in queues.Where(q => !q.StartsWith("amq.", StringComparison.Ordinal)))
        {
            await DeclareQueueAsync(channel, queue);
        }
    }

    static Task DeclareExchangeAsync(IChannel channel, string exchange) =>
        channel.ExchangeDeclareAsync(
            exchange,
            exchange switch
            {
                "" or "amq.direct" => ExchangeType.Direct,
                "amq.topic" or "news.articles" or "news.trade" or "news.events" or "news.keys" or "news.rebuilds" => ExchangeType.Topic,
                _ => ExchangeType.Fanout,
            },
            durable: true
        );

    static Task<QueueDeclareOk> DeclareQueueAsync(IChannel channel, string queue)
    {
        var arguments = new Dictionary<string, object?>();
        if (Topology.Inboxes.FirstOrDefault(inbox => inbox.Queue == queue) is { } inbox)
        {
            arguments["x-queue-type"] = "quorum";
            if (inbox.SingleActiveConsumer)
            {
                arguments["x-single-active-consumer"] = true;
            }
        }
        return channel.QueueDeclareAsync(queue, durable: true, exclusive: false, autoDelete: false, arguments);
    }

    static IEnumerable<string> Each(string act, IEnumerable<string> names) => names.Select(name => $"{act} {name}");

    static string[] Sorted(string act, IEnumerable<string> names) => Sorted([.. Each(act, names)]);

    static string[] Sorted(IReadOnlyList<string> acts) => [.. acts.Order(StringComparer.Ordinal)];
}
