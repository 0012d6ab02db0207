using JasperFx.Events;
using JasperFx.Events.Daemon;
using JasperFx.Events.Projections;
using Marten;
using Marten.Events.Daemon;
using Marten.Events.Daemon.Internals;
using Marten.Subscriptions;
using NewsPlatform.Publishing.Articles;
using NewsPlatform.Publishing.DryRun;

namespace NewsPlatform.Publishing.Relay;

/// <summary>
/// Tells the other services what became public, in the order of the event store and at least once: the store is the outbox, and the
/// subscription's checkpoint moves only when the broker has confirmed a whole page of events. One instance relays at a time.
/// </summary>
public sealed class ArticleRelay(RelayChannel channel, RelayStatus status, ILogger<ArticleRelay> log) : ISubscription
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
    static async Task<IReadOnlyList<RelayMessage>> MessagesOf(EventRange page, IDocumentOperations operations, CancellationToken ct)
    {
        var publishing = page
            .Events.Where(e =>
                e.Data
                    is ArticlePublished
                        or ArticleUpdated
                        or ArticleCorrected
                        or ArticleUnpublished
                        or ArticleKilled
                        or ArticleEmbargoed
                        or EmbargoLifted
                        or ArticleScheduled
                        or ScheduledCopyCorrected
                        or ArticleMasked
            )
            .Select(e => e.StreamId)
            .ToHashSet();
        var begunEarlier = page
            .Events.Where(e => publishing.Contains(e.StreamId))
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

        var messages = new List<RelayMessage>(publishing.Count);
        foreach (var e in page.Events.Where(e => publishing.Contains(e.StreamId) || e.Data is DryRunBegun))
        {
            if (e.Data is DryRunBegun begun)
            {
                messages.Add(new(e.Id, e.Timestamp, ArticleMessage.Of(begun), null));
                continue;
            }
            var article = Article.Apply(e.StreamId, articles.GetValueOrDefault(e.StreamId), e.Data);
            articles[e.StreamId] = article;
            if (ArticleMessage.Of(e.Data, article!) is { } message)
            {
                messages.Add(new(e.Id, e.Timestamp, message, e.GetHeader(EventMetadata.TraceHeader)?.ToString()));
            }
        }
        return messages;
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>One message to relay. <paramref name="TraceParent"/> is the W3C traceparent of the editor's request.</summary>
public sealed record RelayMessage(Guid Id, DateTimeOffset SentAt, ArticleMessage Content, string? TraceParent);
