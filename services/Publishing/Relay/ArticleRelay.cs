using JasperFx.Events;
using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Marten;
using Marten.Events.Daemon;
using Marten.Events.Daemon.Internals;
using Marten.Subscriptions;
using NewsPlatform.Publishing.Articles;
using NewsPlatform.Publishing.Broker;
using NewsPlatform.Publishing.Events;

namespace NewsPlatform.Publishing.Relay;

/// <summary>
/// Tells the other services what became public, in the order of the event store and at least once: the store is the outbox, and the
/// subscription's checkpoint moves only when the broker has confirmed a whole page of events. One instance relays at a time.
/// </summary>
public sealed class ArticleRelay(RelayChannel channel, RelayStatus status, EventCatalog catalog, ILogger<ArticleRelay> log) : ISubscription
{
    public const string Name = "ArticleRelay";

    /// <summary>Under which Marten keeps how far it has come.</summary>
    public const string Progress = $"{Name}:All";

    static readonly TimeSpan longestPause = TimeSpan.FromSeconds(1);

    public async Task<IChangeListener> ProcessEventsAsync(
        EventRange page,
        ISubscriptionController controller,
        IDocumentOperations operations,
        CancellationToken cancellationToken
    )
    {
        var messages = await MessagesOf(page, operations, cancellationToken);
        for (var pause = TimeSpan.FromMilliseconds(50); ; pause = pause * 2 < longestPause ? pause * 2 : longestPause)
        {
            try
            {
                await channel.PublishAsync(messages, cancellationToken);
                status.Relayed(messages.Count);
                return NullChangeListener.Instance;
            }
            catch (Exception fault) when (!cancellationToken.IsCancellationRequested)
            {
                if (status.Failed(fault))
                {
                    log.LogWarning(
                        "The broker does not take events up to {Sequence}; trying until it does: {Fault}",
                        page.SequenceCeiling,
                        fault.Message
                    );
                }
                await Task.Delay(pause, cancellationToken);
            }
        }
    }

    /// <summary>
    /// Each message has the article as it was at its own event, not as it is by now: the state is folded event by event, on top of what
    /// came before this page (one query for all articles that began earlier).
    /// </summary>
    async Task<IReadOnlyList<RelayMessage>> MessagesOf(EventRange page, IDocumentOperations operations, CancellationToken ct)
    {
        var told = page
            .Events.Where(e => catalog.Of(e.EventType) is ArticleEventDescription { Audience: not Audience.Desk })
            .Select(e => e.StreamId)
            .ToHashSet();
        var begunEarlier = page
            .Events.Where(e => told.Contains(e.StreamId))
            .GroupBy(e => e.StreamId)
            .Where(stream => stream.First().Version > 1)
            .Select(stream => stream.Key)
            .ToArray();
        var before = page.Events[0].Sequence;
        var earlier =
            begunEarlier.Length == 0
                ? []
                : await operations
                    .Events.QueryAllRawEvents()
                    .Where(e => e.StreamId.IsOneOf(begunEarlier) && e.Sequence < before)
                    .OrderBy(e => e.Sequence)
                    .ToListAsync(ct);
        var articles = earlier
            .GroupBy(e => e.StreamId)
            .ToDictionary(stream => stream.Key, stream => Article.Fold(stream.Key, stream.Select(e => e.Data)));

        var messages = new List<RelayMessage>(page.Events.Count);
        foreach (var e in page.Events)
        {
            var message = catalog.Of(e.EventType) switch
            {
                ArticleEventDescription when told.Contains(e.StreamId) => ArticleMessage.Of(e.Data, Next(articles, e)),
                { Message: { } content } => content(e.Data),
                _ => null,
            };
            if (message is not null)
            {
                messages.Add(new(e.Id, e.Timestamp, message, e.GetHeader(EventMetadata.TraceHeader)?.ToString()));
            }
        }
        return messages;
    }

    static Article Next(Dictionary<Guid, Article?> articles, IEvent e)
    {
        var article = Article.Apply(e.StreamId, articles.GetValueOrDefault(e.StreamId), e.Data)!;
        articles[e.StreamId] = article;
        return article;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>One message to relay. <paramref name="TraceParent"/> is the W3C traceparent of the editor's request.</summary>
public sealed record RelayMessage(Guid Id, DateTimeOffset SentAt, OutgoingMessage Content, string? TraceParent);
