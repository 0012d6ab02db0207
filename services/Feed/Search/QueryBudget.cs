using System.Data;
using NewsPlatform.ServiceDefaults;
using Npgsql;

namespace NewsPlatform.Feed.Search;

/// <summary>Reads that a stranger's words steer: of one state of the database, and given up before they cost too much.</summary>
public static class QueryBudget
{
    public static async Task<NpgsqlTransaction> BeginBoundedAsync(
        this NpgsqlConnection connection,
        SearchOptions options,
        CancellationToken ct
    )
    {
        var transaction = await connection.BeginTransactionAsync(IsolationLevel.RepeatableRead, ct);
        // A word that the statistics misjudge is never looked for in every row, and one search never takes several cores.
        await using var bounds = connection.Command(
            $"""
            set local statement_timeout = '{options.TimeoutSeconds}s';
            set local enable_seqscan = off;
            set local jit = off;
            set local max_parallel_workers_per_gather = 0
            """
        );
        await bounds.ExecuteNonQueryAsync(ct);
        return transaction;
    }
}
