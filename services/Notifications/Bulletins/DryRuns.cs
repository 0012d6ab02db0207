using System.Diagnostics.Metrics;
using Marten;
using NewsPlatform.Contracts;
using NewsPlatform.ServiceDefaults;
using Npgsql;
using Weasel.Postgresql.Tables;

namespace NewsPlatform.Notifications.Bulletins;

/// <summary>
/// How far dry runs have come: the newest that was heard of, and the newest that each channel has brought to its end. The number of a run
/// is its time in Unix milliseconds, and the version of its article. All instances share it.
/// </summary>
public sealed class DryRuns(NpgsqlDataSource database, TimeProvider clock)
{
    const string Table = "dry_run";
    const string Begun = "begun";

    const string Come = $"""
        insert into {Table} (channel, run) values ($1, $2)
        on conflict (channel) do update set run = excluded.run where {Table}.run < excluded.run
        """;

    static readonly Histogram<double> delay = Telemetry.DelayHistogram(
        "news.dryrun.delay",
        "From a dry run's being stored by Publishing to its arrival, by channel"
    );

    public static void Configure(StoreOptions options)
    {
        var table = new Table($"{options.DatabaseSchemaName}.{Table}");
        table.AddColumn<string>("channel").AsPrimaryKey();
        table.AddColumn<long>("run").NotNull();
        options.Storage.ExtendedSchemaObjects.Add(table);
    }

    /// <summary>It has come from Publishing.</summary>
    public Task BegunAsync(DryRunBegun run, CancellationToken ct) => ComeAsync(Begun, run.Run, ct);

    /// <summary>A receiver has it by a channel.</summary>
    public Task ArriveAsync(string channel, LineItem article, CancellationToken ct)
    {
        Measure(channel, article.UpdatedAt);
        return ComeAsync(channel, article.Version, ct);
    }

    public void Measure(string channel, DateTimeOffset begunAt) =>
        delay.Record((clock.GetUtcNow() - begunAt).TotalSeconds, new KeyValuePair<string, object?>("channel", channel));

    /// <summary>The newest that was heard of, 0 when none was, and the newest of each channel that had one.</summary>
    public async Task<(long Begun, IReadOnlyDictionary<string, long> Arrived)> NewestAsync(CancellationToken ct)
    {
        await using var read = database.Command($"select channel, run from {Table}");
        var runs = (await read.ListAsync(row => (Channel: row.GetString(0), Run: row.GetInt64(1)), ct)).ToDictionary(
            row => row.Channel,
            row => row.Run
        );
        return (runs.GetValueOrDefault(Begun), runs);
    }

    async Task ComeAsync(string channel, long run, CancellationToken ct)
    {
        await using var come = database.Command(Come, channel, run);
        await come.ExecuteNonQueryAsync(ct);
    }
}
