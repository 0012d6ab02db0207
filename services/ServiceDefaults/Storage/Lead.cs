using Npgsql;

namespace NewsPlatform.ServiceDefaults;

/// <summary>
/// The lead of what one instance does at a time: an advisory lock of a session, which PostgreSQL gives to another one when the session
/// ends. It ends it when whoever has it says nothing for a few seconds, because they hang or their host is gone.
/// </summary>
/// <remarks>
/// Whoever leads says something every second, and does what only a leader may do on this very connection: when an instance that hung goes
/// on, its session is no more, and what it would still write fails.
/// </remarks>
public static class Lead
{
    /// <summary>Between two proofs of life.</summary>
    public static readonly TimeSpan Beat = TimeSpan.FromSeconds(1);

    /// <summary>Seconds of silence after which a session ends, whether in a transaction or not.</summary>
    public const int PatienceSeconds = 6;

    /// <summary>To be called before the lock is asked for; <see cref="SessionState.ClearAsync"/> undoes it.</summary>
    public static async Task BeginAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var limit = new NpgsqlCommand($"set idle_session_timeout = '{PatienceSeconds}s'", connection);
        await limit.ExecuteNonQueryAsync(ct);
    }

    /// <exception cref="NpgsqlException">The lead is lost.</exception>
    public static async Task ProveAsync(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var prove = new NpgsqlCommand("select", connection);
        await prove.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Waits, and proves every second meanwhile that whoever leads lives.</summary>
    /// <exception cref="NpgsqlException">The lead is lost.</exception>
    public static async Task WaitAsync(NpgsqlConnection connection, TimeSpan time, TimeProvider clock, CancellationToken ct)
    {
        for (var left = time; left > TimeSpan.Zero; left -= Beat)
        {
            await Task.Delay(left < Beat ? left : Beat, clock, ct);
            await ProveAsync(connection, ct);
        }
    }

    /// <summary>Waits for work that needs no connection, likewise; the work has ended when this returns or throws.</summary>
    /// <exception cref="NpgsqlException">The lead is lost.</exception>
    public static async Task WhileAsync(NpgsqlConnection connection, Task work, TimeProvider clock, CancellationToken ct)
    {
        while (true)
        {
            try
            {
                await work.WaitAsync(Beat, clock, CancellationToken.None);
                return;
            }
            catch (TimeoutException) when (!work.IsFaulted)
            {
                // It takes longer than that, or has ended just now.
            }
            try
            {
                await ProveAsync(connection, ct);
            }
            catch
            {
                await work.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                throw;
            }
        }
    }
}
