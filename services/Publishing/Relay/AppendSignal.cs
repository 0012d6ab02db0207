using System.Threading.Channels;
using JasperFx.Events.Daemon.HighWater;
using Marten;
using Marten.Services;
using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Publishing.Relay;

/// <summary>
/// Wakes the relay as soon as events are committed. In this process the commit itself does, without a round trip; other instances hear it
/// by NOTIFY, of which one stands for all commits since the last. It is sent behind the commits and not in them, since transactions that
/// notify commit one after the other in the whole database. A signal that comes while the relay is looking stays until it waits again; one
/// that is lost, because a process or a connection ended, costs the time until the next look.
/// </summary>
public sealed class AppendSignal(NpgsqlDataSource database, TimeProvider clock, ILogger<AppendSignal> log)
    : BackgroundService,
        IDaemonWakeup,
        IDocumentSessionListener
{
    const string Channel = "news_events_appended";

    /// <summary>Of a relay that nobody wakes.</summary>
    static readonly TimeSpan longestWait = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Of one that was woken a moment ago: what is behind a hole in the sequence is looked for until it is clear that nobody fills the
    /// hole.
    /// </summary>
    static readonly TimeSpan shortestWait = TimeSpan.FromMilliseconds(100);

    static readonly TimeSpan moment = TimeSpan.FromSeconds(2);
    static readonly TimeSpan pause = TimeSpan.FromMilliseconds(500);

    readonly string instance = Guid.NewGuid().ToString("N");
    readonly SemaphoreSlim signal = new(0);
    readonly Channel<bool> untold = System.Threading.Channels.Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }
    );
    long signalledAt = long.MinValue;

    /// <inheritdoc/>
    public async Task WaitAsync(TimeSpan timeout, CancellationToken token)
    {
        var last = Volatile.Read(ref signalledAt);
        var recent = last != long.MinValue && clock.GetElapsedTime(last) < moment;
        if (await signal.WaitAsync(recent ? shortestWait : longestWait, token))
        {
            // One look finds what all of them told of.
            while (signal.Wait(0, token)) { }
        }
    }

    public Task AfterCommitAsync(IDocumentSession session, IChangeSet commit, CancellationToken token)
    {
        if (commit.GetEvents().Any())
        {
            Signal();
            untold.Writer.TryWrite(true);
        }
        return Task.CompletedTask;
    }

    public Task BeforeSaveChangesAsync(IDocumentSession session, CancellationToken token) => Task.CompletedTask;

    public void DocumentLoaded(object id, object document) { }

    public void DocumentAddedForStorage(object id, object document) { }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(TellAsync(stoppingToken), HearAsync(stoppingToken));

    public override void Dispose()
    {
        signal.Dispose();
        base.Dispose();
    }

    void Signal()
    {
        Volatile.Write(ref signalledAt, clock.GetTimestamp());
        signal.Release();
    }

    async Task TellAsync(CancellationToken ct)
    {
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await untold.Reader.ReadAsync(ct);
                await using var notify = database.Command($"select pg_notify('{Channel}', $1)", instance);
                await notify.ExecuteNonQueryAsync(ct);
            }
            catch (Exception fault) when (!ct.IsCancellationRequested)
            {
                log.LogDebug("Other instances were not told of an append and find it by themselves: {Fault}", fault.Message);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    async Task HearAsync(CancellationToken ct)
    {
        var failing = false;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(ct);
                connection.Notification += (_, told) =>
                {
                    if (told.Payload != instance)
                    {
                        Signal();
                    }
                };
                await using var listen = new NpgsqlCommand($"listen {Channel}", connection);
                await listen.ExecuteNonQueryAsync(ct);
                failing = false;
                try
                {
                    while (true)
                    {
                        await connection.WaitAsync(ct);
                    }
                }
                finally
                {
                    await SessionState.ClearAsync(connection);
                }
            }
            catch (Exception fault) when (!ct.IsCancellationRequested)
            {
                if (!failing)
                {
                    log.LogWarning("Appends of other instances are not heard and found by looking: {Fault}", fault.Message);
                }
                failing = true;
                await Task.Delay(pause, clock, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}

public static class AppendSignalSetup
{
    /// <summary>
    /// In place of Marten's own signal, which is lost while the relay is looking, and is sent in the transaction of each append.
    /// </summary>
    public static void AddAppendSignal(this IServiceCollection services) =>
        services
            .AddSingleton<AppendSignal>()
            .AddHostedService(provider => provider.GetRequiredService<AppendSignal>())
            .ConfigureMarten(
                (provider, options) =>
                {
                    var signal = provider.GetRequiredService<AppendSignal>();
                    options.Projections.Wakeup = signal;
                    options.Listeners.Add(signal);
                }
            );
}
