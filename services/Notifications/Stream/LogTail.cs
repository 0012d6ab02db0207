using System.Diagnostics.Metrics;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using NewsPlatform.Notifications.Bulletins;
using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Notifications.Stream;

/// <summary>
/// Follows the log and hands out what is new. PostgreSQL says when it has grown; a look every second finds what such a message that
/// never came would have said.
/// </summary>
public sealed class LogTail(
    BulletinLog bulletins,
    ReplayBuffer replay,
    Broadcaster broadcaster,
    NpgsqlDataSource database,
    StreamOptions options,
    TimeProvider clock,
    Consumption consumption,
    ILogger<LogTail> log
) : BackgroundService, IHealthCheck
{
    static readonly TimeSpan longestSilence = TimeSpan.FromSeconds(10);
    static readonly Histogram<double> delay = Telemetry.DelayHistogram(
        "news.stream.delay",
        "From an article's becoming public to its being handed to every subscriber"
    );
    readonly TaskCompletionSource begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
    long lastLookAt = Environment.TickCount64;

    /// <summary>Completes when it is known where the log stands; a subscriber that came earlier would not know what to replay.</summary>
    public Task Begun => begun.Task;

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        PostgresListener.ListenAsync(
            database,
            BulletinLog.Grown,
            LookAsync,
            log,
            stoppingToken,
            TimeSpan.FromMilliseconds(options.PollMilliseconds)
        );

    async Task LookAsync(CancellationToken ct)
    {
        if (!begun.Task.IsCompleted)
        {
            var newest = (await bulletins.BoundsAsync(ct)).Newest;
            await replay.AddAsync(await bulletins.ReadAsync(newest - options.RecentBulletins, options.RecentBulletins, ct), ct);
            broadcaster.Begin(newest);
            begun.SetResult();
        }
        await HandOutAsync(ct);
    }

    async Task HandOutAsync(CancellationToken ct)
    {
        IReadOnlyList<Bulletin> page;
        do
        {
            page = await bulletins.ReadAsync(broadcaster.Position, options.ReplayPage, ct);
            Volatile.Write(ref lastLookAt, Environment.TickCount64);
            if (page.Count > 0)
            {
                broadcaster.HandOut(await replay.AddAsync(page, ct));
                delay.Record((clock.GetUtcNow() - page[^1].Article.UpdatedAt).TotalSeconds);
                consumption.Progressed();
            }
        } while (page.Count == options.ReplayPage);
    }

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var silence = TimeSpan.FromMilliseconds(Environment.TickCount64 - Volatile.Read(ref lastLookAt));
        return Task.FromResult(
            begun.Task.IsCompleted && silence < longestSilence
                ? HealthCheckResult.Healthy($"handed out up to bulletin {broadcaster.Position}")
                : HealthCheckResult.Unhealthy($"the log was not read for {silence.TotalSeconds:F0} s")
        );
    }
}
