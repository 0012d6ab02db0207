using System.Diagnostics;
using NewsPlatform.Feed.Lines;
using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Feed.Reads;

/// <summary>
/// Makes the rankings of the counted reads, one replica for all of them, and once an hour sums up and drops old buckets. A ranking that
/// takes long puts off the next one, so that no more than a twentieth of the time is spent on them.
/// </summary>
public sealed class Ranker(NpgsqlDataSource database, PortalOptions portal, ReadsOptions options, TimeProvider clock, ILogger<Ranker> log)
    : BackgroundService
{
    const int RestPerWork = 19;

    /// <summary>Held for as long as the connection; a rebuild in a schema of its own has its own.</summary>
    const string TakeLead = $"select pg_try_advisory_lock(hashtextextended(current_schema() || '.{Rankings.Table}', 0))";

    const string Count = $"""
        select d.id, d.language, d.category, d.published_at, r.hour, r.day, r.week
        from (select id, coalesce(sum(reads) filter (where bucket > $1 - interval '1 hour'), 0) as hour,
            coalesce(sum(reads) filter (where bucket > $1 - interval '1 day'), 0) as day,
            sum(reads) as week from {StoryReads.Table} where bucket > $1 - interval '7 days' group by id) r
        join mt_doc_story d on d.id = r.id and d.{LinePages.Usable}
        """;

    const string Write = $"""
        insert into {Rankings.Table} (name, language, category, ids, reads)
        select name, language, category, ids::uuid[], reads::integer[]
        from unnest($1, $2, $3, $4, $5) ranking(name, language, category, ids, reads)
        on conflict (name, language, category) do update set ids = excluded.ids, reads = excluded.reads
            where ({Rankings.Table}.ids, {Rankings.Table}.reads) is distinct from (excluded.ids, excluded.reads)
        """;

    /// <summary>The bucket that begins with its hour stays and becomes the hour's.</summary>
    const string RollUp = $"""
        with old as (
            delete from {StoryReads.Table}
            where bucket < date_trunc('hour', $1, 'UTC') - interval '1 day' and bucket <> date_trunc('hour', bucket, 'UTC') returning *)
        insert into {StoryReads.Table} (bucket, id, reads)
        select date_trunc('hour', bucket, 'UTC') as hour, id, sum(reads) from old group by hour, id order by hour, id
        on conflict (bucket, id) do update set reads = {StoryReads.Table}.reads + excluded.reads
        """;

    const string Drop = $"delete from {StoryReads.Table} where bucket < $1 - interval '7 days 1 hour'";

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var failing = false;
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await LeadAsync(() => failing = false, stoppingToken);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                if (!failing)
                {
                    log.LogWarning("Stories cannot be ranked by their reads; trying until they can: {Fault}", fault.Message);
                }
                failing = true;
            }
            catch (OperationCanceledException)
            {
                return;
            }
            await Task.Delay(TimeSpan.FromSeconds(options.RankSeconds), clock, stoppingToken)
                .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Returns when another replica leads.</summary>
    async Task LeadAsync(Action succeeded, CancellationToken ct)
    {
        await using var connection = await database.OpenConnectionAsync(ct);
        try
        {
            await Lead.BeginAsync(connection, ct);
            await using var take = new NpgsqlCommand(TakeLead, connection);
            if (await take.ExecuteScalarAsync(ct) is not true)
            {
                return;
            }
            DateTimeOffset? summedUp = null;
            while (true)
            {
                var now = clock.GetUtcNow();
                if (summedUp is null || now - summedUp >= TimeSpan.FromHours(1))
                {
                    await ExecuteAsync(connection, RollUp, now, ct);
                    await ExecuteAsync(connection, Drop, now, ct);
                    summedUp = now;
                }
                var watch = Stopwatch.StartNew();
                await RankAsync(connection, now, ct);
                succeeded();
                var (least, rest) = (TimeSpan.FromSeconds(options.RankSeconds), watch.Elapsed * RestPerWork);
                await Lead.WaitAsync(connection, rest > least ? rest : least, clock, ct);
            }
        }
        finally
        {
            await SessionState.ClearAsync(connection);
        }
    }

    static async Task ExecuteAsync(NpgsqlConnection connection, string sql, DateTimeOffset now, CancellationToken ct)
    {
#pragma warning disable CA2100 // The statements above.
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 0, Parameters = { new() { Value = now } } };
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(ct);
    }

    async Task RankAsync(NpgsqlConnection connection, DateTimeOffset now, CancellationToken ct)
    {
        string[] languages = ["", .. portal.Languages],
            categories = ["", .. portal.CategoryCodes];
        var lists = (
            from ranking in Ranking.MostRead.Concat(Ranking.Trending)
            from language in languages
            from category in categories
            select (ranking, language, category)
        ).ToDictionary(list => (list.ranking.Name, list.language, list.category), _ => new Best());
        await using (var count = new NpgsqlCommand(Count, connection) { CommandTimeout = 0, Parameters = { new() { Value = now } } })
        {
            await using var row = await count.ExecuteReaderAsync(ct);
            while (await row.ReadAsync(ct))
            {
                var counted = new Counted(
                    row.GetGuid(0),
                    row.GetString(1),
                    row.GetString(2),
                    row.GetFieldValue<DateTimeOffset>(3),
                    row.GetInt64(4),
                    row.GetInt64(5),
                    row.GetInt64(6)
                );
                foreach (var ranking in Ranking.MostRead.Concat(Ranking.Trending))
                {
                    if (ranking.Score(counted, now) is > 0 and var score)
                    {
                        foreach (
                            var (language, category) in new[]
                            {
                                ("", ""),
                                (counted.Language, ""),
                                ("", counted.Category),
                                (counted.Language, counted.Category),
                            }
                        )
                        {
                            lists.GetValueOrDefault((ranking.Name, language, category))?.Add(counted, ranking.Reads(counted), score);
                        }
                    }
                }
            }
        }
        var written = lists.Select(list => (list.Key, Stories: list.Value.InOrder())).ToArray();
        await using var write = new NpgsqlCommand(Write, connection)
        {
            Parameters =
            {
                new() { Value = written.Select(w => w.Key.Name).ToArray() },
                new() { Value = written.Select(w => w.Key.language).ToArray() },
                new() { Value = written.Select(w => w.Key.category).ToArray() },
                new() { Value = written.Select(w => $"{{{string.Join(',', w.Stories.Select(s => s.Id))}}}").ToArray() },
                new() { Value = written.Select(w => $"{{{string.Join(',', w.Stories.Select(s => s.Reads))}}}").ToArray() },
            },
        };
        await write.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Keeps the best; of those that are equal, the newest.</summary>
    sealed class Best
    {
        readonly PriorityQueue<(Guid Id, int Reads), (double Score, DateTimeOffset PublishedAt, Guid Id)> best = new();

        public void Add(Counted story, long reads, double score)
        {
            (Guid, int) entry = (story.Id, (int)Math.Min(reads, int.MaxValue));
            var rank = (score, story.PublishedAt, story.Id);
            if (best.Count < Ranking.Length)
            {
                best.Enqueue(entry, rank);
            }
            else
            {
                best.EnqueueDequeue(entry, rank);
            }
        }

        public IReadOnlyList<(Guid Id, int Reads)> InOrder() =>
            [.. best.UnorderedItems.OrderByDescending(found => found.Priority).Select(found => found.Element)];
    }
}
