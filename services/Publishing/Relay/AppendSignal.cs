using System.Threading.Channels;
using Marten;
using Marten.Services;
using NewsPlatform.Publishing.Events;
using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Publishing.Relay;

/// <summary>
/// Wakes the relay as soon as events that it tells of are committed. In this process the commit itself does, without a round trip; an
/// instance that does not relay tells the one that does by NOTIFY, once for all commits since the last. It is sent behind the commits and
/// not in them, since transactions that notify commit one after the other in the whole database. A signal that is lost, because a process
/// or a connection ended, costs the time until the relay's next look.
/// </summary>
public sealed class AppendSignal(NpgsqlDataSource database, EventCatalog catalog, ILogger<AppendSignal> log)
    : BackgroundService,
        IDocumentSessionListener
{
    const string Name = "news_events_appended";

    readonly ChannelListener appended = PostgresListener.Follow(database, Name);
    readonly Channel<bool> untold = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );

    /// <summary>Whether it is this instance that relays, so that nobody else need be told.</summary>
    public bool IsHere { get; set; }

    /// <summary>Returns when events were committed since the last call, by whichever instance, or the time is over.</summary>
    public Task WaitAsync(TimeSpan longest, CancellationToken ct) => appended.WaitAsync(longest, ct);

    public Task AfterCommitAsync(IDocumentSession session, IChangeSet commit, CancellationToken token)
    {
        if (commit.GetEvents().Any(e => catalog.Of(e.EventType).IsTold))
        {
            if (IsHere)
            {
                appended.Signal();
            }
            else
            {
                untold.Writer.TryWrite(true);
            }
        }
        return Task.CompletedTask;
    }

    public Task BeforeSaveChangesAsync(IDocumentSession session, CancellationToken token) => Task.CompletedTask;

    public void DocumentLoaded(object id, object document) { }

    public void DocumentAddedForStorage(object id, object document) { }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await untold.Reader.ReadAsync(stoppingToken);
                await using var notify = database.Command($"notify {Name}");
                await notify.ExecuteNonQueryAsync(stoppingToken);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogDebug("Who relays was not told of an append and finds it by itself: {Fault}", fault.Message);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    public override void Dispose()
    {
        appended.Dispose();
        base.Dispose();
    }
}

public static class AppendSignalSetup
{
    public static void AddAppendSignal(this IServiceCollection services) =>
        services
            .AddSingleton<AppendSignal>()
            .AddHostedService(provider => provider.GetRequiredService<AppendSignal>())
            .ConfigureMarten((provider, options) => options.Listeners.Add(provider.GetRequiredService<AppendSignal>()));
}
