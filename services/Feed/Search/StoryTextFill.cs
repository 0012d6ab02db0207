using Marten;
using NewsPlatform.Feed.Stories;
using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Feed.Search;

/// <summary>
/// Makes the texts that are missing or of an earlier form, where an earlier release stored the stories, while news comes in and readers
/// read. Whoever is stopped goes on where it was.
/// </summary>
public sealed class StoryTextFill(IDocumentStore store, NpgsqlDataSource database, ILogger<StoryTextFill> log) : BackgroundService
{
    const int Batch = 200;
    const int LoggedBatches = 50;
    static readonly TimeSpan pause = TimeSpan.FromSeconds(10);

    /// <summary>While instances are replaced one by one, those of the earlier release still store stories.</summary>
    static readonly TimeSpan betweenLooks = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await FillAsync(stoppingToken);
        while (true)
        {
            await Task.Delay(betweenLooks, stoppingToken);
            try
            {
                if (await AnyEarlierAsync(stoppingToken))
                {
                    await FillAsync(stoppingToken);
                }
            }
            catch (Exception fault) when (TransientFault.IsTransient(fault) && !stoppingToken.IsCancellationRequested) { }
        }
    }

    async Task FillAsync(CancellationToken ct)
    {
        var (last, made) = (Guid.Empty, 0);
        for (var batch = 1; ; batch++)
        {
            Guid[] missing = [];
            try
            {
                missing = await MissingAsync(last, ct);
                if (missing.Length == 0)
                {
                    break;
                }
                await using var session = store.LightweightSession();
                StoryTexts.Renew(session, missing, await session.LoadManyAsync<Story>(ct, missing));
                await session.SaveChangesAsync(ct);
                made += missing.Length;
            }
            catch (Exception fault) when (TransientFault.IsTransient(fault) && !ct.IsCancellationRequested)
            {
                await Task.Delay(pause, ct);
                continue;
            }
            catch (Exception fault) when (missing.Length > 0 && !ct.IsCancellationRequested)
            {
                log.LogError(
                    fault,
                    "{Stories} stories from {First} on could not be made ready for search; the next start tries again",
                    missing.Length,
                    missing[0]
                );
            }
            last = missing[^1];
            if (batch % LoggedBatches == 1)
            {
                log.LogInformation("Stories of an earlier release are being made ready for search; {Made} are", made);
            }
        }
        if (made > 0)
        {
            log.LogInformation("The stories of an earlier release can be searched, {Made} of them", made);
        }
    }

    async Task<bool> AnyEarlierAsync(CancellationToken ct)
    {
        await using var command = database.CreateCommand($"select {StoryTexts.AnyEarlier}");
        return await command.ExecuteScalarAsync(ct) is true;
    }

    async Task<Guid[]> MissingAsync(Guid after, CancellationToken ct)
    {
        await using var command = database.CreateCommand(
            $"""
            select array(select d.id from mt_doc_story d left join {StoryTexts.Table} t on t.id = d.id
                where d.id > $1 and d.status = 'Usable' and (t.id is null or t.{StoryTexts.Earlier}) order by d.id limit {Batch})
            """
        );
        command.Parameters.Add(new() { Value = after });
        command.CommandTimeout = 0;
        return (Guid[])(await command.ExecuteScalarAsync(ct))!;
    }
}
