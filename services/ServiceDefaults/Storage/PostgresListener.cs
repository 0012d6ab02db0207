using Microsoft.Extensions.Logging;
using Npgsql;

namespace NewsPlatform.ServiceDefaults;

/// <summary>
/// PostgreSQL says when something has changed, and a look every second or so finds what such a message that never came would have said.
/// </summary>
public static class PostgresListener
{
    static readonly TimeSpan usually = TimeSpan.FromSeconds(1);
    static readonly TimeSpan pause = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// Looks at once, then whenever the channel is notified and at least every so often, until it is to stop. A fault is logged once and
    /// the look repeated.
    /// </summary>
    /// <param name="atLeastEvery">A second, if it is not given.</param>
    public static async Task ListenAsync(
        NpgsqlDataSource database,
        string channel,
        Func<CancellationToken, Task> look,
        ILogger log,
        CancellationToken ct,
        TimeSpan? atLeastEvery = null
    )
    {
        var failing = false;
        while (!ct.IsCancellationRequested)
        {
            try
            {
                await using var connection = await database.OpenConnectionAsync(ct);
                await using var listen = new NpgsqlCommand($"listen {channel}", connection);
                await listen.ExecuteNonQueryAsync(ct);
                try
                {
                    while (true)
                    {
                        await look(ct);
                        failing = false;
                        await connection.WaitAsync(atLeastEvery ?? usually, ct);
                    }
                }
                finally
                {
                    await SessionState.ClearAsync(connection);
                }
            }
            catch (Exception fault) when (!ct.IsCancellationRequested)
            {
                if (!failing)
                {
                    log.LogWarning("What is said on {Channel} cannot be followed; trying until it can: {Fault}", channel, fault.Message);
                }
                failing = true;
                await Task.Delay(pause, ct).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }
}
