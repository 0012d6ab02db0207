using NewsPlatform.Feed.Search;
using NewsPlatform.Feed.Stories;
using NewsPlatform.Feed.Syndication;
using Npgsql;

namespace NewsPlatform.Feed.Ingest;

/// <summary>
/// Makes what follows from the stories where an earlier release stored them without it, once. Nothing is consumed before.
/// </summary>
public sealed class Backfill(NpgsqlDataSource database, ILogger<Backfill> log) : IHostedService
{
    /// <summary>A table, what is in it, which its comment says when it is there, and the statement that puts it there.</summary>
    static readonly (string Table, string What, string Statement)[] all =
    [
        (
            StoryTags.Table,
            "keywords and authors, these also folded, breaking news, corrections, former addresses and what was withdrawn",
            StoryTags.Fill
        ),
        (StoryMonths.Table, "months", StoryMonths.Fill),
        (SearchTerms.Table, "what is typed, without anything that nobody sees", SearchTerms.Fill),
    ];

    /// <summary>The SQL that says of all of them that they are complete.</summary>
    public static string Complete => string.Join("; ", all.Select(one => Says(one.Table, one.What)));

    static string Says(string table, string what) => $"comment on table {table} is '{what}'";

    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var (table, what, statement) in all)
        {
            await using var connection = await database.OpenConnectionAsync(cancellationToken);
            await using var transaction = await connection.BeginTransactionAsync(cancellationToken);
            if (await RunAsync($"select obj_description('{table}'::regclass) is not distinct from '{what}'") is true)
            {
                continue;
            }
            log.LogInformation(
                "The table {Table} is being made of the stories that are stored; a million of them take a minute or two",
                table
            );
            if (table == StoryTags.Table)
            {
                await StoryTags.FoldAsync(connection, cancellationToken);
            }
            await RunAsync(statement);
            await RunAsync(Says(table, what));
            await transaction.CommitAsync(cancellationToken);
            log.LogInformation("The table {Table} is complete", table);

            async Task<object?> RunAsync(string sql)
            {
#pragma warning disable CA2100 // This program's own words.
                await using var command = new NpgsqlCommand(sql, connection, transaction) { CommandTimeout = 0 };
#pragma warning restore CA2100
                return await command.ExecuteScalarAsync(cancellationToken);
            }
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
