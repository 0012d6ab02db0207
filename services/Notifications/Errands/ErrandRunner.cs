using NewsPlatform.Notifications.Deliveries;
using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Notifications.Errands;

/// <summary>Runs the errands of a kind when their time has come. What an instance that dies has left, another one runs when its lease ends.</summary>
public sealed class ErrandRunner(IErrand kind, ErrandBook book, NpgsqlDataSource database, ErrandOptions options, ILogger<ErrandRunner> log) : BackgroundService
{
    static readonly TimeSpan afterFault = TimeSpan.FromSeconds(10);

    readonly TimeSpan lease = TimeSpan.FromSeconds(options.LeaseSeconds);
    readonly Slots slots = new(options.Concurrency);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await Follow.ChannelAsync(database, ErrandBook.Due, LookAsync, log, stoppingToken);
        // Those under way give their lease back.
        await slots.CloseAsync();
    }

    Task LookAsync(CancellationToken ct) => slots.FillAsync(options.Concurrency, room => book.ClaimAsync(kind.Kind, room, lease, ct), errand => RunAsync(errand, ct), ct);

    async Task RunAsync(Errand errand, CancellationToken ct)
    {
        var again = new Again(TimeSpan.Zero, Failed: false);
        try
        {
            again = await kind.RunAsync(errand, ct);
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested)
        {
            // Whoever is free next runs it.
        }
        catch (Exception fault)
        {
            log.LogWarning("{Kind} of {Subscription} broke off; it is run again: {Fault}", kind.Kind, errand.Id, fault.Message);
            again = new(afterFault, Failed: true);
        }
        try
        {
            await book.EndAsync(kind.Kind, errand, again, CancellationToken.None);
        }
        catch (Exception fault) when (fault is NpgsqlException or TimeoutException or InvalidOperationException)
        {
            log.LogWarning("{Kind} of {Subscription} is run again when its lease ends: {Fault}", kind.Kind, errand.Id, fault.Message);
        }
    }
}
