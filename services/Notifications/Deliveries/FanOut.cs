using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Notifications.Deliveries;

/// <summary>
/// Spreads each bulletin to the subscriptions that want it, as soon as the log has it. Replicas take turns; what one leaves, the next
/// finishes.
/// </summary>
public sealed class FanOut(NoticeWriter notices, NpgsqlDataSource database, DeliveryOptions options, ILogger<FanOut> log)
    : BackgroundService
{
    static readonly TimeSpan look = TimeSpan.FromSeconds(5);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        PostgresListener.ListenAsync(database, BulletinLog.Grown, LookAsync, log, stoppingToken, look);

    async Task LookAsync(CancellationToken ct)
    {
        foreach (var source in Enum.GetValues<Log>())
        {
            while (await notices.SpreadAsync(source, options.FanOutPage, ct) == options.FanOutPage) { }
        }
    }
}
