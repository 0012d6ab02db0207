using System.Diagnostics;
using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Feed.Related;

/// <summary>
/// Works on what is due a moment after the database says so, and rests longer than it has worked, so that an import keeps its share of it.
/// What changes within the moment is worked on together: new stories touch mostly the same neighbours.
/// </summary>
public sealed class RelatedWorker : BackgroundService
{
    /// <summary>What is touched again while it rests is found once.</summary>
    const int RestPerWork = 4;

    static readonly TimeSpan moment = TimeSpan.FromSeconds(1);
    static readonly TimeSpan look = TimeSpan.FromSeconds(10);
    static readonly TimeSpan measuredEvery = TimeSpan.FromSeconds(5);

    readonly RelatedStories related;
    readonly NpgsqlDataSource database;
    readonly ILogger<RelatedWorker> log;
    readonly Stopwatch sinceMeasured = new();
    long due;
    bool begun;

    public RelatedWorker(RelatedStories related, NpgsqlDataSource database, ILogger<RelatedWorker> log)
    {
        (this.related, this.database, this.log) = (related, database, log);
        Telemetry.Meter.CreateObservableGauge(
            "news.feed.related.due",
            () => Volatile.Read(ref due),
            "{row}",
            "Changes that related stories do not show yet, and stories that they touch"
        );
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        PostgresListener.ListenAsync(database, RelatedTables.Changed, LookAsync, log, stoppingToken, look);

    async Task LookAsync(CancellationToken ct)
    {
        if (!begun)
        {
            await related.BeginAsync(ct);
            begun = true;
        }
        await Task.Delay(moment, ct);
        for (var work = Stopwatch.StartNew(); await related.WorkAsync(ct); work.Restart())
        {
            await MeasureAsync(ct);
            await Task.Delay(work.Elapsed * RestPerWork, ct);
        }
        if (due > 0)
        {
            sinceMeasured.Reset();
        }
        await MeasureAsync(ct);
    }

    async Task MeasureAsync(CancellationToken ct)
    {
        if (!sinceMeasured.IsRunning || sinceMeasured.Elapsed > measuredEvery)
        {
            Volatile.Write(ref due, await related.DueAsync(ct));
            sinceMeasured.Restart();
        }
    }
}
