using Marten;
using NewsPlatform.Publishing.Articles;
using NewsPlatform.Publishing.Broker;
using NewsPlatform.Publishing.Events;
using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Publishing.Relay;

/// <summary>
/// Tells the other services what became public, in the order of the event store and at least once: the store is the outbox, and the
/// checkpoint moves only when the broker has confirmed a whole page of events. One instance relays at a time, and another one takes over
/// when its connection to the store is gone, or it has said nothing on it for some seconds (<see cref="Lead"/>).
/// </summary>
public sealed class ArticleRelay(
    NpgsqlDataSource database,
    IDocumentStore store,
    RelayChannel channel,
    RelayStatus status,
    AppendSignal appended,
    EventCatalog catalog,
    TimeProvider clock,
    ILogger<ArticleRelay> log
) : BackgroundService
{
    /// <summary>Under which Marten's table of progress keeps how far it has come, as it did when the relay was Marten's.</summary>
    public const string Progress = "ArticleRelay:All";

    static readonly TimeSpan look = TimeSpan.FromSeconds(1);
    static readonly TimeSpan shortestPause = TimeSpan.FromMilliseconds(50);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failing = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await LeadAsync(() => failing = false, stoppingToken);
            }
            catch (CheckpointMovedException fault)
            {
                log.LogWarning("{Fault} The relay goes on from there", fault.Message);
                continue;
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                if (!failing)
                {
                    log.LogWarning("Events cannot be relayed; trying until they can: {Fault}", fault.Message);
                }
                failing = true;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            await Task.Delay(look, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    async Task LeadAsync(Action succeeded, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        try
        {
            await Lead.BeginAsync(connection, ct);
            var events = new RelayLog(connection, store, catalog);
            while (true)
            {
                var (leads, position, newest) = await events.LeadAsync(ct);
                status.Stands(position, newest);
                if (leads)
                {
                    appended.IsHere = true;
                    await RelayAsync(events, position, succeeded, ct);
                }
                succeeded();
                await Task.Delay(look, clock, ct);
            }
        }
        finally
        {
            appended.IsHere = false;
            await SessionState.ClearAsync(connection);
        }
    }

    async Task RelayAsync(RelayLog events, long stored, Action succeeded, CancellationToken ct)
    {
        var (position, holes) = (stored, new SequenceHoles(clock));
        while (true)
        {
            var read = await events.NextAsync(stored, position, ct);
            stored = position;
            var page = holes.Before(position, read);
            var newest = read.Count == 0 ? position : read[0].Newest;
            status.Stands(position, newest);
            succeeded();
            if (page.Count > 0)
            {
                await PublishAsync(events, MessagesOf(page, read.TakeWhile(e => e.Sequence <= stored)), position, ct);
                position = page[^1].Sequence;
            }
            else if (newest == position)
            {
                await appended.WaitAsync(look, ct);
            }
            else if (!holes.AreSettled(await events.AppendingAsync(ct), newest))
            {
                await appended.WaitAsync(SequenceHoles.Look, ct);
            }
        }
    }

    /// <summary>Returns when the broker has all of them.</summary>
    async Task PublishAsync(RelayLog events, List<RelayMessage> messages, long position, CancellationToken ct)
    {
        for (var pause = shortestPause; ; pause = pause * 2 < look ? pause * 2 : look)
        {
            try
            {
                await events.LeadWhileAsync(channel.PublishAsync(messages, ct), clock, ct);
                status.Relayed(messages.Count);
                return;
            }
            catch (Exception fault) when (fault is not NpgsqlException && !ct.IsCancellationRequested)
            {
                if (status.Failed(fault))
                {
                    log.LogWarning(
                        "The broker does not take what comes behind event {Sequence}; trying until it does: {Fault}",
                        position,
                        fault.Message
                    );
                }
            }
            // Up to half longer, so that not all who wait for the broker come at once; and whoever has lost the lead meanwhile stops.
            await Task.Delay(pause * (1 + Random.Shared.NextDouble() / 2), clock, ct);
            var (_, _, newest) = await events.LeadAsync(ct);
            status.Stands(position, newest);
        }
    }

    /// <summary>
    /// Each message has the article as it was at its own event, not as it is by now: the state is folded event by event, on top of what
    /// came before.
    /// </summary>
    List<RelayMessage> MessagesOf(IReadOnlyList<StoredEvent> page, IEnumerable<StoredEvent> earlier)
    {
        var told = page.Where(e => Description(e) is ArticleEventDescription { IsTold: true }).Select(e => e.Stream).ToHashSet();
        var articles = earlier
            .Where(e => told.Contains(e.Stream))
            .GroupBy(e => e.Stream)
            .ToDictionary(stream => stream.Key, stream => Article.Fold(stream.Key, stream.Select(e => e.Data!)));
        var messages = new List<RelayMessage>(page.Count);
        foreach (var e in page)
        {
            var message = Description(e) switch
            {
                ArticleEventDescription when told.Contains(e.Stream) => ArticleMessage.Of(e.Data!, Next(articles, e)),
                { Message: { } content } => content(e.Data!),
                _ => null,
            };
            if (message is not null)
            {
                messages.Add(new(e.Id, e.Timestamp, message, e.TraceParent));
            }
        }
        return messages;
    }

    EventDescription? Description(StoredEvent e) => e.Data is null ? null : catalog.Of(e.Data.GetType());

    static Article Next(Dictionary<Guid, Article?> articles, StoredEvent e)
    {
        var article = Article.Apply(e.Stream, articles.GetValueOrDefault(e.Stream), e.Data!)!;
        articles[e.Stream] = article;
        return article;
    }
}

/// <summary>One message to relay. <paramref name="TraceParent"/> is the W3C traceparent of the editor's request.</summary>
public sealed record RelayMessage(Guid Id, DateTimeOffset SentAt, OutgoingMessage Content, string? TraceParent);
