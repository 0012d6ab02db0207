using System.Text.Json;
using JasperFx.Events;
using Marten;
using NewsPlatform.Publishing.Articles;

namespace NewsPlatform.Publishing.Desk;

/// <summary>
/// Makes the items of articles that have none, or an older one: those that were stored before there were lists, or by an instance of an
/// older release that ran beside this one. It looks at all streams once after each start, page by page and behind everything else; what
/// is there is passed over, so a restart begins where there is something to do, and several instances at once do no harm.
/// </summary>
public sealed class DeskBackfill(IDocumentStore store, Npgsql.NpgsqlDataSource database, ILogger<DeskBackfill> log) : BackgroundService
{
    /// <summary>Streams that one query compares, and articles that one transaction folds.</summary>
    const int Page = 2_000,
        Batch = 50;

    static readonly TimeSpan retry = TimeSpan.FromSeconds(2);

    /// <summary>Made comparable by other rules than the present ones, or by none.</summary>
    static readonly string Older = $"coalesce((data ->> 'foldedBy')::int, 0) < {DeskItem.FoldingRules}";

    static readonly string Lacking = $"""
        with page as (select id, version from mt_streams where id > $1 order by id limit $2)
        select (select id from page order by id desc limit 1),
               array(select p.id from page p left join {DeskItem.Table} d on d.id = p.id
                     where (d.id is null or d.mt_version < p.version or not jsonb_exists(d.data, 'categories') or {Older})
                       and exists (select from mt_events e
                                   where e.stream_id = p.id and e.version = 1 and e.type = '{ArticleEvents.NameOf<ArticleDrafted>()}')
                     order by p.id)
        """;

    /// <summary>A row of the same version is never replaced; what it lacks is added.</summary>
    static readonly string Complete = $"""
        update {DeskItem.Table} set data = data || ?::jsonb
        where id = ? and mt_version = ? and (not jsonb_exists(data, 'categories') or {Older})
        """;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var (after, made) = (Guid.Empty, 0);
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                var (last, lacking) = await LookAsync(after, stoppingToken);
                foreach (var batch in lacking.Chunk(Batch))
                {
                    made += await MakeAsync(batch, stoppingToken);
                }
                if (lacking.Length > 0)
                {
                    log.LogInformation("The desk's lists have {Made} more articles, up to {ArticleId}", made, lacking[^1]);
                }
                if (last is null)
                {
                    log.LogInformation("The desk's lists are complete");
                    return;
                }
                after = last.Value;
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                log.LogWarning("The desk's lists are not complete; trying again: {Fault}", fault.Message);
                await Task.Delay(retry, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    async Task<(Guid? Last, Guid[] Lacking)> LookAsync(Guid after, CancellationToken ct)
    {
        await using var command = database.CreateCommand(Lacking);
        command.Parameters.Add(new() { Value = after });
        command.Parameters.Add(new() { Value = Page });
        await using var row = await command.ExecuteReaderAsync(ct);
        await row.ReadAsync(ct);
        return (await row.IsDBNullAsync(0, ct) ? null : row.GetGuid(0), row.GetFieldValue<Guid[]>(1));
    }

    async Task<int> MakeAsync(Guid[] ids, CancellationToken ct)
    {
        await using var session = store.LightweightSession();
        var events = await session.Events.QueryAllRawEvents().Where(e => e.StreamId.IsOneOf(ids)).OrderBy(e => e.Version).ToListAsync(ct);
        var made = 0;
        foreach (var stream in events.GroupBy(e => e.StreamId))
        {
            try
            {
                var item = DeskItem.Of(stream.Key, [.. stream]);
                session.TryUpdateRevision(item, item.Version);
                var lacking = new
                {
                    item.Categories,
                    item.Words,
                    item.Names,
                    item.FoldedKeywords,
                    item.FoldedBy,
                };
                session.QueueSqlCommand(Complete, JsonSerializer.Serialize(lacking, JsonSerializerOptions.Web), item.Id, item.Version);
                made++;
            }
            catch (InvalidOperationException fault)
            {
                log.LogWarning("{ArticleId} cannot be put on the desk's lists: {Fault}", stream.Key, fault.Message);
            }
        }
        await session.SaveChangesAsync(ct);
        return made;
    }
}
